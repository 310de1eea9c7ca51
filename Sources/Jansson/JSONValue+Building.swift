import CJansson

extension JSONValue {
  public static var null: JSONValue { unsafe JSONValue(adopting: json_null()) }
  public static var emptyObject: JSONValue { unsafe JSONValue(adopting: json_object()) }
  public static var emptyArray: JSONValue { unsafe JSONValue(adopting: json_array()) }

  public init(_ value: Bool) { unsafe self.init(adopting: json_boolean_value(value)) }
  public init(_ value: Int) { unsafe self.init(adopting: json_integer(Int64(value))) }
  public init(_ value: Int64) { unsafe self.init(adopting: json_integer(value)) }
  /// A number; JSON has no infinities, so they become null.
  public init(_ value: Double) { unsafe self.init(adopting: json_real(value)) }

  public init(_ value: String) {
    var copy = value
    unsafe self.init(
      adopting: copy.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
          // Swift strings are valid UTF-8, so the second check of jansson can be left out.
          unsafe json_stringn_nocheck(characters.baseAddress ?? emptyText, characters.count)
        }
      })
  }

  public init(_ value: String?) { self = value.map { JSONValue($0) } ?? .null }
  public init(_ value: Int64?) { self = value.map { JSONValue($0) } ?? .null }

  public init(_ elements: some Sequence<JSONValue>) {
    let array = unsafe json_array()
    for element in elements { unsafe json_array_append_new(array, element.retainedPointer()) }
    unsafe self.init(adopting: array)
  }

  /// An object of the given members, in their order; a later member of the same name wins.
  public init(members: some Sequence<(String, JSONValue)>) {
    let object = unsafe json_object()
    for (key, value) in members { unsafe Self.set(object, key, value) }
    unsafe self.init(adopting: object)
  }

  public init(_ members: [String: JSONValue]) { self.init(members: members.map { ($0.key, $0.value) }) }

  /// A copy of this object with `changes` put over it, member by member.
  public func merging(_ changes: JSONValue) -> JSONValue {
    unsafe withPointer { pointer in
      let copy = unsafe json_copy(pointer)
      unsafe changes.withPointer { unsafe _ = json_object_update(copy, $0) }
      return unsafe JSONValue(adopting: copy)
    }
  }

  /// A copy of this object with one member set.
  public func setting(_ key: String, _ value: JSONValue) -> JSONValue {
    unsafe withPointer { pointer in
      let copy = unsafe json_copy(pointer)
      unsafe Self.set(copy, key, value)
      return unsafe JSONValue(adopting: copy)
    }
  }

  /// A copy of this object without some members.
  public func removing(_ keys: String...) -> JSONValue {
    unsafe withPointer { pointer in
      let copy = unsafe json_copy(pointer)
      for key in keys { unsafe _ = json_object_del(copy, key) }
      return unsafe JSONValue(adopting: copy)
    }
  }

  private static func set(_ object: UnsafeMutablePointer<json_t>?, _ key: String, _ value: JSONValue) {
    var copy = key
    copy.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
        unsafe _ = json_object_setn_new_nocheck(
          object, characters.baseAddress ?? emptyText, characters.count, value.retainedPointer())
      }
    }
  }
}

/// An address for the empty string, whose buffer may have none. Never written, so any thread may read it.
nonisolated(unsafe) private let emptyText = unsafe UnsafePointer<CChar>(
  UnsafeMutablePointer<CChar>.allocate(capacity: 1, initial: 0))

extension UnsafeMutablePointer<CChar> {
  fileprivate static func allocate(capacity: Int, initial: CChar) -> UnsafeMutablePointer<CChar> {
    let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
    unsafe pointer.initialize(repeating: initial, count: capacity)
    return unsafe pointer
  }
}

private func json_boolean_value(_ value: Bool) -> UnsafeMutablePointer<json_t>? {
  unsafe value ? json_true() : json_false()
}

// Not by nil: `condition ? value : nil` would then be JSON null where an absent value is meant.
extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByStringInterpolation
{
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(members: elements) }
  public init(arrayLiteral elements: JSONValue...) { self.init(elements) }
  public init(stringLiteral value: String) { self.init(value) }
  public init(integerLiteral value: Int64) { self.init(value) }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(booleanLiteral value: Bool) { self.init(value) }
}
