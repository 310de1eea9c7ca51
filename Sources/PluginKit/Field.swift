import Jansson

/// An input of a form.
public struct Field: Sendable {
  public var id: String
  public var label: Text
  public var type: Kind
  /// Dates `2025-04-05`, times `08:00`, phones `+79XXXXXXXXX`, references the row's id. A label's may be a `Text`'s
  /// JSON: each reads it in their language.
  public var value: JSONValue
  /// What a person reads in place of the value; needed for references.
  public var display: String?
  public var enabled: Bool
  public var visible: Bool
  public var required: Bool
  public var options: [Option]
  public var error: Text?
  public var hint: Text?
  public var tab: String?
  /// Whether a change asks the plugin: WINDOW_CHANGED.
  public var notify: Bool
  public var picker: Picker?

  public enum Kind: String, Sendable {
    case text, phone, select, reference, date, time, checkbox, number, label, password
  }

  public struct Option: Sendable {
    public var value: String
    public var title: Text
    public init(_ value: String, _ title: Text) {
      self.value = value
      self.title = title
    }

    var json: JSONValue { ["value": JSONValue(value), "title": title.json] }
  }

  /// Where a reference is picked from: a table source, and the column that names a row to a person.
  public struct Picker: Sendable {
    public var table: String
    public var display: String
    public var title: Text
    /// For the source's `:arg_…`.
    public var arguments: JSONValue
    public init(table: String, display: String, title: Text, arguments: JSONValue = .emptyObject) {
      self.table = table
      self.display = display
      self.title = title
      self.arguments = arguments
    }
  }

  public init(
    _ id: String, _ label: Text, _ type: Kind = .text, value: JSONValue = .null, display: String? = nil,
    enabled: Bool = true, visible: Bool = true, required: Bool = false, options: [Option] = [], error: Text? = nil,
    hint: Text? = nil, tab: String? = nil, notify: Bool = false, picker: Picker? = nil
  ) {
    self.id = id
    self.label = label
    self.type = type
    self.value = value
    self.display = display
    self.enabled = enabled
    self.visible = visible
    self.required = required
    self.options = options
    self.error = error
    self.hint = hint
    self.tab = tab
    self.notify = notify
    self.picker = picker
  }

  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("id", JSONValue(id)), ("label", label.json), ("type", JSONValue(type.rawValue)), ("value", value),
      ("enabled", JSONValue(enabled)), ("visible", JSONValue(visible)), ("required", JSONValue(required)),
    ]
    if let display { members.append(("display", JSONValue(display))) }
    if !options.isEmpty {
      members.append(("options", JSONValue(options.map(\.json))))
    }
    if let error { members.append(("error", error.json)) }
    // Null takes an earlier one away in a patch.
    members.append(("hint", hint?.json ?? .null))
    if let tab { members.append(("tab", JSONValue(tab))) }
    if notify { members.append(("notify", true)) }
    if let picker {
      members.append(
        (
          "picker",
          [
            "table": JSONValue(picker.table), "display": JSONValue(picker.display), "title": picker.title.json,
            "arguments": picker.arguments,
          ]
        ))
    }
    return JSONValue(members: members)
  }
}
