import CJansson

/// One immutable JSON value, owned by jansson.
///
/// The only place of the project that counts references: past it a value is a Swift value. Ownership is in the
/// label of the initializer: `adopting` takes a reference over, `borrowing` adds one of its own.
public struct JSONValue: @unchecked Sendable {
  // Safe to share: a value is never changed once it is in here, and jansson counts references atomically.
  private let box: Box

  @safe private final class Box {
    let pointer: UnsafeMutablePointer<json_t>
    init(_ pointer: UnsafeMutablePointer<json_t>) { unsafe self.pointer = unsafe pointer }
    deinit { unsafe json_decref(pointer) }
  }

  /// Takes over the caller's reference. A null pointer (jansson out of memory, or a broken string) is JSON null.
  public init(adopting pointer: UnsafeMutablePointer<json_t>?) {
    unsafe box = Box(unsafe pointer ?? json_null())
  }

  /// Adds a reference of its own to a value that stays the caller's.
  public init(borrowing pointer: UnsafePointer<json_t>?) {
    let mutable = unsafe UnsafeMutablePointer(mutating: pointer)
    unsafe self.init(adopting: json_incref(mutable))
  }

  /// The value's pointer for the length of `body`; borrowed.
  public func withPointer<Result>(_ body: (UnsafeMutablePointer<json_t>) throws -> Result) rethrows -> Result {
    defer { withExtendedLifetime(box) {} }
    return try unsafe body(box.pointer)
  }

  /// A pointer with one reference more, for a receiver that steals it.
  public func retainedPointer() -> UnsafeMutablePointer<json_t> {
    unsafe withPointer { pointer in
      unsafe json_incref(pointer)
      return unsafe pointer
    }
  }

  public enum Kind: Sendable { case object, array, string, integer, real, boolean, null }

  public var kind: Kind {
    unsafe withPointer { pointer in
      switch unsafe pointer.pointee.type {
      case JSON_OBJECT: .object
      case JSON_ARRAY: .array
      case JSON_STRING: .string
      case JSON_INTEGER: .integer
      case JSON_REAL: .real
      case JSON_TRUE, JSON_FALSE: .boolean
      default: .null
      }
    }
  }
}

extension JSONValue: Equatable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    unsafe left.withPointer { leftPointer in
      unsafe right.withPointer { rightPointer in unsafe json_equal(leftPointer, rightPointer) == 1 }
    }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON text.
  public var description: String { text() }
}
