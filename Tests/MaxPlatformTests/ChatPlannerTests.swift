import MaxPlatformPlugin
import Testing

/// Random pictures: applying the plan gives what is wanted, with the fewest calls.
@Suite struct ChatPlannerTests {
  /// The platform in a few lines: what each call does, and what it refuses.
  private struct Model {
    var exists: Bool
    var title: String?
    /// Members, and whether they are administrators.
    var people: [Int64: Bool]

    mutating func make(_ call: ChatCall, title: String) {
      switch call {
      case .create(let members, let administrators):
        #expect(!exists && members.count <= 100 && administrators.count <= 50)
        #expect(Set(administrators).isSubset(of: members))
        exists = true
        self.title = title
        for member in members { people[member] = administrators.contains(member) }
      case .add(let members):
        #expect(exists && !members.isEmpty && members.count <= 100)
        for member in members {
          #expect(people[member] == nil)
          people[member] = false
        }
      case .remove(let member): #expect(people.removeValue(forKey: member) != nil)
      case .make(let members):
        #expect(members.count <= 50)
        for member in members {
          #expect(people[member] == false)
          people[member] = true
        }
      case .unmake(let member):
        #expect(people[member] == true)
        people[member] = false
      case .rename(let title):
        #expect(self.title != title)
        self.title = title
      case .find, .delete, .readRights, .readTitle, .readAll, .readMembers: Issue.record("not planned here: \(call)")
      }
    }
  }

  private func random(_ generator: inout some RandomNumberGenerator) -> ChatPicture {
    let exists = Bool.random(using: &generator)
    let size = [0, 1, 5, 40, 130, 320].randomElement(using: &generator) ?? 0
    let people = (0..<size).map { index -> ChatPerson in
      let isPresent = exists && Int.random(in: 0..<10, using: &generator) < 6
      var person = ChatPerson(
        memberID: Int64(1000 + index), isWanted: Int.random(in: 0..<10, using: &generator) < 7,
        isWantedAsAdministrator: Int.random(in: 0..<6, using: &generator) == 0, isPresent: isPresent,
        isAdministrator: isPresent && Int.random(in: 0..<6, using: &generator) == 0)
      if !person.isWanted { person.isWantedAsAdministrator = false }
      if Int.random(in: 0..<20, using: &generator) == 0 { person.retryAtMs = 2000 }
      if !isPresent, Int.random(in: 0..<20, using: &generator) == 0 { person.isGone = true }
      if isPresent, !person.isWanted, Int.random(in: 0..<4, using: &generator) == 0 { person.isHeld = true }
      return person
    }.filter { $0.isWanted || $0.isPresent }
    return ChatPicture(
      title: Bool.random(using: &generator) ? "Новый" : "Прежний", actualTitle: exists ? "Прежний" : nil,
      exists: exists, people: people)
  }

  /// Whoever is to be left as they are.
  private func isOpen(_ person: ChatPerson) -> Bool { (person.retryAtMs ?? 0) <= 1000 }

  /// Counted from the picture alone, without the planner's own steps.
  private func fewest(_ picture: ChatPicture) -> Int {
    let open = picture.people.filter(isOpen)
    let leaving = open.count { $0.isPresent && !$0.isWanted && !$0.isHeld }
    let joining = open.count { !$0.isPresent && $0.isWanted && !$0.isGone }
    let newAdministrators = open.count { !$0.isPresent && $0.isWanted && !$0.isGone && $0.isWantedAsAdministrator }
    let made = open.count { $0.isPresent && $0.isWanted && $0.isWantedAsAdministrator && !$0.isAdministrator }
    let unmade = open.count { $0.isPresent && $0.isWanted && !$0.isWantedAsAdministrator && $0.isAdministrator }
    func parts(_ number: Int, _ size: Int) -> Int { (max(0, number) + size - 1) / size }
    guard picture.exists else { return 1 + parts(joining - 100, 100) + parts(newAdministrators - 50, 50) }
    return leaving + (picture.title == picture.actualTitle ? 0 : 1) + parts(joining, 100) + unmade
      + parts(made + newAdministrators, 50)
  }

  @Test(arguments: 0..<300)
  func `applying the plan gives what is wanted, with the fewest calls`(seed: Int) {
    var generator = Seeded(seed: UInt64(seed))
    let picture = random(&generator)
    let calls = ChatPlanner.calls(picture, nowMs: 1000)

    var model = Model(
      exists: picture.exists, title: picture.actualTitle,
      people: Dictionary(
        picture.people.filter(\.isPresent).map { ($0.memberID, $0.isAdministrator) }, uniquingKeysWith: { $1 }))
    for call in calls { model.make(call, title: picture.title) }

    #expect(model.exists && model.title == picture.title)
    for person in picture.people {
      if !isOpen(person) || person.isHeld || person.isGone {
        #expect(model.people[person.memberID] == (person.isPresent ? person.isAdministrator : nil))
      } else {
        #expect(model.people[person.memberID] == (person.isWanted ? person.isWantedAsAdministrator : nil))
      }
    }
    #expect(calls.count == fewest(picture))
  }

  @Test func `a chat as it is wanted costs no call`() {
    let people = [ChatPerson(memberID: 1, isWanted: true, isPresent: true)]
    #expect(ChatPlanner.calls(ChatPicture(title: "А", actualTitle: "А", exists: true, people: people), nowMs: 0) == [])
  }

  @Test func `who should not read goes before anybody comes`() {
    let people = [
      ChatPerson(memberID: 1, isWanted: false, isPresent: true),
      ChatPerson(memberID: 2, isWanted: true, isWantedAsAdministrator: true, isPresent: false),
      ChatPerson(memberID: 3, isWanted: true, isPresent: true, isAdministrator: true),
    ]
    let picture = ChatPicture(title: "Б", actualTitle: "А", exists: true, people: people)
    #expect(
      ChatPlanner.calls(picture, nowMs: 0) == [.remove(1), .rename("Б"), .add([2]), .unmake(3), .make([2])])
  }

  @Test func `what is doubtful is read before anything is changed`() {
    var person = ChatPerson(memberID: 1, isWanted: false, isPresent: true)
    person.uncertain = 2
    var picture = ChatPicture(title: "А", actualTitle: "А", exists: true, people: [person])
    #expect(ChatPlanner.calls(picture, nowMs: 0) == [.readMembers([1]), .remove(1)])
    picture.wholeIsInDoubt = true
    #expect(ChatPlanner.calls(picture, nowMs: 0).first == .readAll)
    picture.exists = false
    picture.isCreationInDoubt = true
    #expect(ChatPlanner.calls(picture, nowMs: 0).first == .find)
  }

  @Test func `what was refused for good is left out, and what can't be read is not guessed`() {
    let people = [ChatPerson(memberID: 1, isWanted: true, isPresent: false)]
    var picture = ChatPicture(title: "Б", actualTitle: "А", exists: true, people: people)
    picture.stuck = [.rename]
    #expect(ChatPlanner.calls(picture, nowMs: 0) == [.add([1])])
    picture.wholeIsInDoubt = true
    picture.stuck = [.readAll]
    #expect(ChatPlanner.calls(picture, nowMs: 0) == [])
  }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
