import Synchronization

/// The calls that a plugin holds, by 64-bit ids of slot and generation.
///
/// An id names one call and never another: a slot's generation grows when the slot is given back, so a late
/// or second completion finds nothing. No id is 0.
final class CallTable: Sendable {
  /// Calls that one plugin may hold, those included whose callers have gone.
  static let capacity = 4096

  private struct Slot {
    var generation: UInt32 = 1
    var record: CallRecord?
  }

  private struct State {
    var slots: [Slot] = []
    var free: [UInt32] = []
    var used = 0
    /// Runs when no slot is used any longer.
    var whenEmpty: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  /// Gives the call a slot; nil when the plugin holds too many.
  func insert(_ record: CallRecord) -> UInt64? {
    state.withLock { state in
      guard state.used < Self.capacity else { return nil }
      let index = state.free.popLast() ?? UInt32(state.slots.count)
      if index == state.slots.count { state.slots.append(Slot()) }
      state.slots[Int(index)].record = record
      state.used += 1
      return UInt64(state.slots[Int(index)].generation) << 32 | UInt64(index)
    }
  }

  /// The call of that id; nil when it has ended or never was.
  func record(_ id: UInt64) -> CallRecord? {
    state.withLock { state in Self.slot(id, in: state).flatMap { state.slots[$0].record } }
  }

  /// Takes the call out: only one caller gets it.
  func remove(_ id: UInt64) -> CallRecord? {
    let (record, waiting) = state.withLock { state -> (CallRecord?, [@Sendable () -> Void]) in
      guard let index = Self.slot(id, in: state), let record = state.slots[index].record else {
        return (nil, [])
      }
      state.slots[index].record = nil
      // Past 2³² uses of one slot a number would come back; 0 is skipped so that no id is 0.
      state.slots[index].generation = state.slots[index].generation &+ 1
      if state.slots[index].generation == 0 { state.slots[index].generation = 1 }
      state.free.append(UInt32(index))
      state.used -= 1
      guard state.used == 0 else { return (record, []) }
      defer { state.whenEmpty = [] }
      return (record, state.whenEmpty)
    }
    for action in waiting { action() }
    return record
  }

  var count: Int { state.withLock { $0.used } }

  /// Every call that the plugin holds now.
  var records: [CallRecord] { state.withLock { $0.slots.compactMap(\.record) } }

  /// Runs `action` once when the plugin holds no call; at once when that is so now.
  func whenEmpty(_ action: @escaping @Sendable () -> Void) {
    let now = state.withLock { state -> Bool in
      guard state.used > 0 else { return true }
      state.whenEmpty.append(action)
      return false
    }
    if now { action() }
  }

  private static func slot(_ id: UInt64, in state: borrowing State) -> Int? {
    let index = Int(id & 0xffff_ffff)
    guard index < state.slots.count, state.slots[index].generation == UInt32(id >> 32) else { return nil }
    return index
  }
}
