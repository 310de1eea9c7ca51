import SferumBindingPlugin
import Testing

@Suite struct RequestStateTests {
  private typealias State = Request.State

  @Test func `B8: a request ends as bound, declined, expired or refused`() {
    for next in [State.bound, .declined, .expired, .notFound, .taken, .failed] {
      #expect(State.requested.mayBecome(next))
    }
    #expect(!State.requested.mayBecome(.unbound))
    #expect(!State.requested.mayBecome(.requested))
  }

  @Test func `B8: a bound account can only be unbound`() {
    for next in State.allCases { #expect(State.bound.mayBecome(next) == (next == .unbound)) }
  }

  @Test func `B8: what has ended stays so, but for a confirmation given before the term`() {
    for state in State.allCases where !state.isActive {
      for next in State.allCases {
        #expect(state.mayBecome(next) == (state == .expired && next == .bound))
      }
    }
  }

  @Test func `an ended request leaves its account unbound`() {
    for state in State.allCases {
      #expect(state.ofAccount == (state.isActive ? state.rawValue : "unbound"))
    }
  }
}
