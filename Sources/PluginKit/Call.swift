import CShellPlugin
import Jansson

/// One call from the host: a command, a window's question, a service, an event or a job.
public struct Call: Sendable {
  /// The command's id, the window's type, the service's, event's or job's name.
  public let name: String
  /// The arguments, an object; the header's call kinds give their shape.
  public let params: JSONValue
  /// Who stands behind the call; nil for jobs and events.
  public let session: Session?
  /// The host, on behalf of this call: writes carry its user, idempotency and cursor.
  public let host: Host
  /// For log lines.
  public let trace: String

  init(_ call: UnsafePointer<shell_call>, _ table: UnsafePointer<shell_host>) {
    name = unsafe String(cString: call.pointee.name)
    params = unsafe JSONValue(borrowing: call.pointee.params)
    session = unsafe call.pointee.session.map { unsafe Session(JSONValue(borrowing: $0)) }
    trace = unsafe call.pointee.trace.map { unsafe String(cString: $0) } ?? ""
    host = unsafe Host(table, callID: call.pointee.call_id)
  }

  /// The type of another plugin's form in which the elements will stand; nil for a window of its own.
  public var extendedForm: String? { params["extends"]?["window"]?.string }

  /// Whether the caller gave up.
  public var isCancelled: Bool {
    unsafe host.table.pointee.is_cancelled(host.table.pointee.context, host.callID) != 0
  }

  /// Says that all changes are made and the call only waits for news: later requests of the same client start.
  public func settled() { unsafe host.table.pointee.settled(host.table.pointee.context, host.callID) }

  /// Reports progress to whoever asked for it. `percent`: 0…100.
  public func progress(_ message: Text, percent: Int? = nil) {
    var value: JSONValue = ["message": message.json]
    if let percent { value = value.setting("percent", JSONValue(percent)) }
    unsafe host.table.pointee.progress(host.table.pointee.context, host.callID, value.retainedPointer())
  }

  /// The caller's language, for words that go into a result as they are; Russian when nobody calls.
  public var language: Language { session.flatMap { Language(rawValue: $0.locale) } ?? .ru }

  public func read<Result>(_ body: (Transaction) throws -> Result) throws -> Result { try host.read(body) }
  public func write<Result>(_ body: (Transaction) throws -> Result) throws -> Result { try host.write(body) }

  /// A string argument that must be there.
  public func string(_ argument: String) throws(PluginError) -> String {
    guard let value = params[argument]?.string else {
      throw .invalid(argument, Text("Обязательное поле", en: "Required"))
    }
    return value
  }

  /// The signed-in user, or the error that asks for one.
  public func user() throws(PluginError) -> User {
    guard let session else {
      throw PluginError(
        "session.required", Text("Войдите в систему", en: "Sign in first"), code: -32001)
    }
    return session.user
  }
}

/// Who stands behind a call.
public struct Session: Sendable {
  public let id: String
  /// The client's name, as it gave it.
  public let client: String
  /// `ru` or `en`.
  public let locale: String
  public let user: User

  init(_ json: JSONValue) {
    id = json["id"]?.string ?? ""
    client = json["client"]?.string ?? ""
    locale = json["locale"]?.string ?? "ru"
    user = User(json["user"] ?? .emptyObject)
  }
}

/// A signed-in person.
public struct User: Sendable {
  public let id: String
  public let login: String
  public let displayName: String
  public let roles: [String]
  /// The whole record as the authentication service gave it.
  public let json: JSONValue

  init(_ json: JSONValue) {
    self.json = json
    id = json["id"]?.string ?? ""
    login = json["login"]?.string ?? ""
    displayName = json["displayName"]?.string ?? ""
    roles = (json["roles"]?.array ?? []).compactMap(\.string)
  }
}
