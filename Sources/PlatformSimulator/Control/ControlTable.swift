/// The control interface: what a person on the platform does, and what a test does to the platform.
enum ControlTable {
  static func make() -> RouteTable {
    var routes = RouteTable()
    PeopleControl.register(in: &routes)
    DialogControl.register(in: &routes)
    FaultControl.register(in: &routes)
    ReportControl.register(in: &routes)
    return routes
  }

  /// A refusal of the control interface.
  static func refusal(_ status: Int, _ code: String, _ message: String) -> Refusal {
    Refusal(status: status, code: code, message: message)
  }

  static func person(_ exchange: Exchange, phone: String) throws -> Person {
    guard let person = try Person.find(exchange.db, phone: try checkedPhone(phone)) else {
      throw refusal(404, "user.not.found", "nobody with the phone \(phone) is registered on the platform")
    }
    return person
  }

  static func checkedPhone(_ text: String) throws(Refusal) -> String {
    guard let phone = Phone.normalized(text) else {
      throw refusal(400, "phone.invalid", "'\(text)' is no Russian phone number")
    }
    return phone
  }
}
