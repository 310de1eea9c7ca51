/// Rooms of a generated school: every teacher has one, so rooms clash no more than teachers do.
struct Rooms {
  private let names: [String]

  private static let perFloor = 20
  private static let perBuilding = 60

  init(_ teachers: [Staff.Teacher]) {
    var gyms = 0
    var rooms = 0
    names = teachers.map { teacher in
      if teacher.track == .sports {
        gyms += 1
        return "Спортивный зал \(gyms)"
      }
      defer { rooms += 1 }
      let building = rooms / Rooms.perBuilding
      let place = rooms % Rooms.perBuilding
      let number = (place / Rooms.perFloor + 1) * 100 + place % Rooms.perFloor + 1
      return building == 0 ? "\(number)" : "\(building + 1)-\(number)"
    }
  }

  func room(ofTeacher teacher: Int) -> String { names[teacher] }
}
