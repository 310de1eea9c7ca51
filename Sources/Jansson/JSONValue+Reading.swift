import CJansson

extension JSONValue {
  public var isNull: Bool { kind == .null }
  public var isObject: Bool { kind == .object }

  public var string: String? {
    unsafe withPointer { pointer in
      guard let characters = unsafe json_string_value(pointer) else { return nil }
      let bytes = unsafe UnsafeRawBufferPointer(start: characters, count: json_string_length(pointer))
      return unsafe String(decoding: bytes, as: UTF8.self)
    }
  }

  /// The integer; nil for every other kind, a real number included.
  public var int64: Int64? { kind == .integer ? unsafe withPointer { unsafe json_integer_value($0) } : nil }
  public var int: Int? { int64.flatMap { Int(exactly: $0) } }

  /// The number, integer or real.
  public var double: Double? {
    switch kind {
    case .integer, .real: unsafe withPointer { unsafe json_number_value($0) }
    default: nil
    }
  }

  public var bool: Bool? {
    kind == .boolean ? unsafe withPointer { unsafe $0.pointee.type == JSON_TRUE } : nil
  }

  /// Elements of an array, or members of an object; 0 for every other kind.
  public var count: Int {
    unsafe withPointer { unsafe Int($0.pointee.type == JSON_OBJECT ? json_object_size($0) : json_array_size($0)) }
  }

  public var array: [JSONValue]? {
    guard kind == .array else { return nil }
    return unsafe withPointer { pointer in
      unsafe (0..<json_array_size(pointer)).map { unsafe JSONValue(borrowing: json_array_get(pointer, $0)) }
    }
  }

  /// The members of an object in their order; nil for every other kind.
  public var members: [(key: String, value: JSONValue)]? {
    guard kind == .object else { return nil }
    return unsafe withPointer { pointer in
      var result: [(key: String, value: JSONValue)] = []
      unsafe result.reserveCapacity(Int(json_object_size(pointer)))
      var iterator = unsafe json_object_iter(pointer)
      while let current = unsafe iterator {
        let key = unsafe UnsafeRawBufferPointer(
          start: json_object_iter_key(current), count: json_object_iter_key_len(current))
        unsafe result.append(
          (String(decoding: key, as: UTF8.self), JSONValue(borrowing: json_object_iter_value(current))))
        unsafe iterator = json_object_iter_next(pointer, current)
      }
      return result
    }
  }

  /// The member of that name; nil when there is none. A member that is null is a value of kind null.
  public subscript(key: String) -> JSONValue? {
    unsafe withPointer { pointer in
      var copy = key
      return copy.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { characters -> JSONValue? in
          guard let start = characters.baseAddress,
            let member = unsafe json_object_getn(pointer, start, characters.count)
          else { return nil }
          return unsafe JSONValue(borrowing: member)
        }
      }
    }
  }

  public subscript(index: Int) -> JSONValue? {
    unsafe withPointer { pointer in
      guard index >= 0, let element = unsafe json_array_get(pointer, index) else { return nil }
      return unsafe JSONValue(borrowing: element)
    }
  }
}
