import Jansson

/// A pupil and one parent of theirs, who has no other child here.
struct Family {
  let child: Person
  let parent: Person
  /// The pupil's row in «Ученики».
  let pupil: JSONValue
  let schoolClass: String

  var classChat: String { "Классный чат \(schoolClass)" }
  var parentsChat: String { "Родительский чат \(schoolClass)" }
  var phones: [String] { [child.phone, parent.phone] }
}

extension WireClient {
  /// Rows of a registry, without a window.
  func registry(_ id: String, tab: String? = nil, search: String? = nil) throws -> [JSONValue] {
    var params: JSONValue = ["registry": JSONValue(id), "limit": 500]
    if let tab { params = params.setting("tab", JSONValue(tab)) }
    if let search { params = params.setting("search", JSONValue(search)) }
    return try call("registry/query", params)["rows"]?.array ?? []
  }

  /// The row of the registry whose name or title is exactly this.
  func registryRow(_ id: String, tab: String? = nil, named name: String) throws -> JSONValue {
    let found = try registry(id, tab: tab, search: name).first {
      $0["cells"]?["name"]?.string == name || $0["cells"]?["title"]?.string == name
    }
    guard let found else { throw TestTrouble("'\(id)' has no row '\(name)'") }
    return found
  }

  /// A command's result, without a window.
  @discardableResult
  func execute(_ command: String, _ arguments: JSONValue = .emptyObject) throws -> JSONValue {
    try call("command/execute", ["command": JSONValue(command), "arguments": arguments])["result"] ?? .null
  }

  /// Who is in a chat here, whatever the platform has.
  func participants(of title: String) throws -> [JSONValue] {
    let chat = try registryRow("sferum", tab: "chats", named: title)
    return try execute("chats.listParticipants", ["chat": chat["id"] ?? ""])["participants"]?.array ?? []
  }

  /// Names of those in a chat here.
  func names(in title: String, _ side: String? = nil) throws -> Set<String> {
    Set(
      try participants(of: title).filter { side == nil || $0["side"]?.string == side }
        .compactMap { $0["name"]?.string })
  }

  /// Titles of the chats that this person sees.
  func chatTitles() throws -> Set<String> {
    Set(try registry("sferum", tab: "chats").compactMap { $0["cells"]?["title"]?.string })
  }

  /// A family of the school whose child is not the first, so that tests beside each other differ.
  func family(_ number: Int = 0) throws -> Family {
    let people = try SchoolFolder.people()
    var found: [Family] = []
    for row in try registry("parents") {
      // «ФИО, класс»; of two children two, with a semicolon or another comma.
      let words = (row["cells"]?["children"]?.string ?? "").split(separator: ",").map {
        String($0.drop { $0 == " " })
      }
      guard words.count == 2,
        let parent = people.first(where: { $0.roles == ["parent"] && $0.name == row["cells"]?["name"]?.string }),
        let child = people.first(where: { $0.roles == ["pupil"] && $0.name == words[0] }),
        !found.contains(where: { $0.child == child })
      else { continue }
      found.append(
        Family(child: child, parent: parent, pupil: try registryRow("pupils", named: child.name), schoolClass: words[1])
      )
      if found.count > number { return found[number] }
    }
    throw TestTrouble("the school has no family number \(number)")
  }

  /// A chat of a subject that the whole class is taught: the group's title, which is the chat's as well.
  func addSubjectChat(ofClass title: String) throws -> String {
    let size = try registryRow("classes", named: title)["cells"]?["pupils"] ?? .null
    let group = try registry("groups").first {
      $0["cells"]?["class"]?.string == title && $0["cells"]?["pupils"] == size
    }
    guard let group, let name = group["cells"]?["title"]?.string else {
      throw TestTrouble("\(title) has no subject for all")
    }
    try execute("chats.addChat", ["title": JSONValue(name), "kind": "subject", "group": group["id"] ?? ""])
    return name
  }
}

extension HostUnderTest {
  /// Both of a family bind, each signed in as themselves.
  func bind(_ family: Family) throws {
    for person in [family.child, family.parent] { try bind(person, on: client(signedInAs: person)) }
  }

  /// An account for somebody of the registries, and a number on the platform: a person who can bind.
  func person(_ row: JSONValue, role: String, login: String, phone: String) throws -> Person {
    let password = try folder.write(SchoolFolder.password, to: "password")
    let made = try CommandRun.esh(
      "user", "add", login, "--person", row["id"]?.string ?? "", "--role", role, "--password-file", password,
      "--data", folder.path)
    guard made.succeeded else { throw TestTrouble("no account was made: \(made.errors)") }
    let name = row["cells"]?["name"] ?? ""
    try platform.addUser(phone, name.string ?? "")
    let person = Person([
      "login": JSONValue(login), "name": name, "roles": [JSONValue(role)], "phone": JSONValue(phone),
    ])
    guard let person else { throw TestTrouble("no person: \(row.text())") }
    return person
  }
}

extension PlatformInHand {
  struct Chat {
    let title: String
    let phones: [String]
    /// Those of `phones` who administer it.
    let administrators: [String]
  }

  func chats() throws -> [Chat] { try chats("max", "chats") }

  /// Titles of the chats in which somebody is.
  func chats(of phone: String) throws -> Set<String> {
    Set(try chats("max", "chats", "--phone", phone).map(\.title))
  }

  private func chats(_ arguments: String...) throws -> [Chat] {
    try asked(arguments).map { chat in
      let members = chat["members"]?.array ?? []
      let marked = Set((chat["administrators"]?.array ?? []).compactMap(\.int64))
      return Chat(
        title: chat["title"]?.string ?? "", phones: members.compactMap { $0["phone"]?.string },
        administrators: members.filter { marked.contains($0["userId"]?.int64 ?? 0) }
          .compactMap { $0["phone"]?.string })
    }
  }

  /// Waits until the platform has a chat of that title of which something holds.
  func becomesChat(_ title: String, _ holds: (Chat) -> Bool) throws -> Bool {
    try awaited(within: 20) { try chats().contains { $0.title == title && holds($0) } ? true : nil } == true
  }

  func chatVanishes(_ title: String) throws -> Bool {
    try awaited(within: 20) { try chats().contains { $0.title == title } ? nil : true } == true
  }

  /// Waits until somebody is in these chats and in no other.
  func becomeChats(of phone: String, _ titles: Set<String>) throws -> Bool {
    try awaited(within: 20) { try chats(of: phone) == titles ? true : nil } == true
  }

  func kick(_ phone: String, from title: String) throws {
    let run = try command("kick", "--chat", title, "--phone", phone)
    guard run.succeeded else { throw TestTrouble("nobody was taken out: \(run.errors)") }
  }
}
