import PluginKit

/// What one command leaves behind beside the rows that it changes: an audit line, the records that it touched, and
/// the events by which other plugins follow; all in the transaction of the change.
struct RosterRecord {
  /// The record that the audit line is about.
  let object: String
  /// How the line names it; nil for a record that is still there.
  var name: Text?
  var old: JSONValue?
  var new: JSONValue?
  /// Ids of the other records that changed.
  var touched: [String] = []
  var events: [(name: String, payload: JSONValue)] = []

  init(_ object: String, old: JSONValue? = nil, new: JSONValue? = nil, touched: [String] = []) {
    self.object = object
    self.old = old
    self.new = new
    self.touched = touched
  }

  mutating func emit(_ name: String, _ payload: JSONValue) { events.append((name, payload)) }

  func write(_ change: RosterChange) throws {
    try change.note(object, name: name, old: old, new: new, touching: touched)
    for event in events { try change.emit(event.name, event.payload) }
  }
}

/// Old and new values of the members that a change makes different, for the audit log.
struct Differences {
  private(set) var old: [(String, JSONValue)] = []
  private(set) var new: [(String, JSONValue)] = []

  var isEmpty: Bool { new.isEmpty }
  var names: [String] { new.map(\.0) }

  mutating func add(_ name: String, _ before: JSONValue, _ after: JSONValue) {
    if before != after { record(name, before, after) }
  }

  /// The same for values that may look alike, as masked phones do.
  mutating func record(_ name: String, _ before: JSONValue, _ after: JSONValue) {
    old.append((name, before))
    new.append((name, after))
  }

  var oldJSON: JSONValue { JSONValue(members: old) }
  var newJSON: JSONValue { JSONValue(members: new) }
}
