/// A whole school that nobody goes to. Records name each other by their places in these arrays; a record's row
/// number in the store is its place + 1.
struct GeneratedSchool: Sendable {
  struct Person: Equatable, Sendable {
    var family: String
    var given: String
    var middle: String
    var sex: Sex
    var birth: CivilDate
    /// Whether the roster has the birth date.
    var isBirthKnown = true
    var phone: String?

    var fullName: String { middle.isEmpty ? "\(family) \(given)" : "\(family) \(given) \(middle)" }
  }

  struct Employee: Equatable, Sendable {
    var person: Int
    var position: String
    var type: PositionType
    var hired: CivilDate
  }

  struct Class: Equatable, Sendable {
    var grade: Int
    var letter: String
    /// Places in `pupils`.
    var pupils: Range<Int>
    /// The employee who leads it.
    var homeroomTeacher: Int

    var title: String { "\(grade)\(letter)" }
  }

  struct Pupil: Equatable, Sendable {
    var person: Int
    var classIndex: Int
    var enrolled: CivilDate
  }

  struct Link: Equatable, Sendable {
    var parent: Int
    var pupil: Int
    var relation: Relation
  }

  struct Group: Equatable, Sendable {
    /// A place in `Curriculum.subjects`.
    var subject: Int
    var classIndex: Int
    /// «группа 1»; empty for the whole class.
    var part: String
    /// The employee who teaches it.
    var teacher: Int
    var weeklyHours: Int
    /// The members; the class's pupils when it is the whole class.
    var pupils: Range<Int>
  }

  struct Slot: Equatable, Sendable {
    var group: Int
    /// 1 Monday … 5 Friday.
    var weekday: Int
    var number: Int
    var room: String
  }

  struct Account: Equatable, Sendable {
    var person: Int
    var login: String
    var roles: [Role]
  }

  enum Relation: String, Sendable { case mother, father, guardian, relative }

  var year: SchoolYear
  var name: String
  var people: [Person] = []
  var employees: [Employee] = []
  var classes: [Class] = []
  var pupils: [Pupil] = []
  /// People who are parents.
  var parents: [Int] = []
  var links: [Link] = []
  var groups: [Group] = []
  var slots: [Slot] = []
  var accounts: [Account] = []
  /// The employee who administers the chats of Sferum.
  var chatAdministrator = 0
}
