@_exported import Jansson

/// A text that a person reads, in the languages of the desktop; Russian first.
public struct Text: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  public var ru: String
  public var en: String

  public init(_ ru: String, en: String) {
    self.ru = ru
    self.en = en
  }

  /// The same in every language: a name, a number.
  public init(stringLiteral value: String) { self.init(value, en: value) }

  public func text(_ language: Language) -> String { language == .en ? en : ru }

  public var json: JSONValue { ["ru": JSONValue(ru), "en": JSONValue(en)] }
}

/// A language that a session may ask for.
public enum Language: String, Sendable { case ru, en }
