import Jansson

/// A text for people, in the languages that ESh speaks. Russian is always there.
package struct LocalizedText: Hashable, Sendable {
  package var ru: String
  package var en: String

  package init(ru: String, en: String) {
    self.ru = ru
    self.en = en
  }

  /// The same words in every language: a name, or a text that came from outside.
  package init(verbatim text: String) { self.init(ru: text, en: text) }

  /// Reads `{"ru", "en"}` or a plain string; nil for everything else. A missing language borrows the other.
  package init?(_ json: JSONValue?) {
    guard let json else { return nil }
    if let text = json.string {
      self.init(verbatim: text)
    } else if let ru = json["ru"]?.string {
      self.init(ru: ru, en: json["en"]?.string ?? ru)
    } else if let en = json["en"]?.string {
      self.init(verbatim: en)
    } else {
      return nil
    }
  }

  package func text(_ locale: Locale) -> String {
    switch locale {
    case .ru: ru
    case .en: en
    }
  }
}

/// A language that a session may ask for.
package enum Locale: String, Sendable, CaseIterable { case ru, en }
