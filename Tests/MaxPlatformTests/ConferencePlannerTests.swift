import MaxPlatformPlugin
import Testing

/// What is asked next, for every phase and every state.
@Suite struct ConferencePlannerTests {
  private static let plan = ConferencePlan(name: "Урок", startsAt: 10, endsAt: 20, members: [1, 2])

  private func picture(
    _ phase: ConferencePhase, _ actual: ConferenceCallState, change: (inout ConferencePicture) -> Void = { _ in }
  ) -> ConferencePicture {
    var picture = ConferencePicture(
      phase: phase, actual: actual, wanted: Self.plan, known: actual == .none ? nil : Self.plan, chat: -7,
      callChat: actual == .none ? nil : -7, wasStarted: actual == .active || actual == .finished)
    change(&picture)
    return picture
  }

  private func next(
    _ phase: ConferencePhase, _ actual: ConferenceCallState, change: (inout ConferencePicture) -> Void = { _ in }
  ) -> ConferenceCall? {
    ConferencePlanner.next(picture(phase, actual, change: change))
  }

  @Test func `each phase asks for the one next step`() {
    let table: [(ConferencePhase, [ConferenceCallState: ConferenceCall])] = [
      (.planned, [.none: .create(start: false)]),
      (.active, [.none: .create(start: true), .created: .start]),
      (.finished, [.created: .delete, .active: .finish]),
      (.removed, [.created: .delete, .active: .finish, .finished: .delete]),
    ]
    for (phase, calls) in table {
      for state in [ConferenceCallState.none, .created, .active, .finished] {
        #expect(next(phase, state) == calls[state], "\(phase) \(state)")
      }
    }
  }

  @Test func `doubt is cleared before anything else`() {
    for phase in ConferencePhase.allCases {
      for state in [ConferenceCallState.none, .created, .active, .finished] {
        #expect(next(phase, state) { $0.isInDoubt = true } == .read)
      }
    }
  }

  @Test func `without a chat nothing is made`() {
    for phase in [ConferencePhase.planned, .active] { #expect(next(phase, .none) { $0.chat = nil } == nil) }
    #expect(next(.active, .created) { $0.chat = nil } == .start, "the platform says what it thinks of it")
  }

  @Test func `what had begun does not begin a second time`() {
    for phase in [ConferencePhase.planned, .active] { #expect(next(phase, .none) { $0.wasStarted = true } == nil) }
  }

  @Test func `a call in another chat is made anew there, unless it goes on`() {
    #expect(next(.planned, .created) { $0.chat = -8 } == .delete)
    #expect(next(.active, .created) { $0.chat = -8 } == .delete)
    #expect(next(.active, .active) { $0.chat = -8 } == nil)
  }

  @Test func `names, times and people follow; the start of a call that goes on does not`() {
    var moved = Self.plan
    moved.startsAt = 5
    #expect(next(.planned, .created) { $0.wanted = moved } == .change(moved))
    #expect(next(.active, .active) { $0.wanted = moved } == nil)
    moved.members = [1]
    #expect(next(.active, .active) { $0.wanted = moved } == .change(moved))
    #expect(next(.active, .created) { $0.wanted = moved } == .start, "the door opens first")
    #expect(next(.finished, .active) { $0.wanted = moved } == .finish)
  }

  @Test func `starts and finishes go first`() {
    func isUrgent(_ phase: ConferencePhase, _ actual: ConferenceCallState) -> Bool? {
      let picture = picture(phase, actual)
      return ConferencePlanner.next(picture).map { ConferencePlanner.isUrgent($0, picture) }
    }
    #expect(isUrgent(.planned, .none) == false)
    #expect(isUrgent(.active, .none) == true)
    #expect(isUrgent(.active, .created) == true)
    #expect(isUrgent(.finished, .active) == true)
    #expect(isUrgent(.removed, .finished) == false)
  }
}
