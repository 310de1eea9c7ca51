import ShellProtocol

/// The order of titles on the desktop: by the alphabet, without regard to letter case, ё next to е.
enum TitleOrder {
  /// Titles that a person would call the same have the same key.
  static func key(_ title: String) -> [UInt32] {
    title.lowercased().unicodeScalars.map { $0 == "ё" ? Unicode.Scalar("е").value : $0.value }
  }

  /// Siblings by (index, title, id) in one language; the id only makes equal ones stable.
  static func sorted<Element>(
    _ elements: [Element], by locale: Locale,
    _ place: (Element) -> (index: Int, title: LocalizedText, id: String)
  ) -> [Element] {
    let keyed = elements.map { element in
      let place = place(element)
      return (element, place.index, key(place.title.text(locale)), place.id)
    }
    let ordered = keyed.sorted { left, right in
      if left.1 != right.1 { return left.1 < right.1 }
      if left.2 != right.2 { return left.2.lexicographicallyPrecedes(right.2) }
      return left.3 < right.3
    }
    return ordered.map(\.0)
  }
}

/// Siblings in the order of each language.
package struct Ordered<Element: Sendable>: Sendable {
  private let ru: [Element]
  private let en: [Element]

  init(_ elements: [Element], _ place: (Element) -> (index: Int, title: LocalizedText, id: String)) {
    ru = TitleOrder.sorted(elements, by: .ru, place)
    en = TitleOrder.sorted(elements, by: .en, place)
  }

  package subscript(locale: Locale) -> [Element] {
    switch locale {
    case .ru: ru
    case .en: en
    }
  }

  /// In the order of the first language, where order does not matter.
  package var all: [Element] { ru }
}
