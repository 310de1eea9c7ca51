import CJansson
import Jansson

/// Levels of arrays and objects in a value that crosses the boundary.
let maxNesting = 128
/// Values within one value. A tree may name a part of itself many times over and so be far larger written out
/// than it is in memory.
private let maxParts = 8_000_000

extension JSONValue {
  /// Whether a value that a plugin made may be read, compared and written here. jansson does all three
  /// without any bound of its own.
  var isSane: Bool {
    var budget = maxParts
    return unsafe withPointer { unsafe isBounded($0, levels: maxNesting, &budget) }
  }
}

// JSON_OBJECT and JSON_ARRAY: two C modules bring jansson.h here, and Swift then finds the constants in
// neither.
private let objectType = json_type(rawValue: 0)
private let arrayType = json_type(rawValue: 1)

private func isBounded(_ value: UnsafeMutablePointer<json_t>?, levels: Int, _ budget: inout Int) -> Bool {
  guard let value = unsafe value else { return false }
  budget -= 1
  guard budget >= 0 else { return false }
  switch unsafe value.pointee.type {
  case objectType:
    guard levels > 0 else { return false }
    var iterator = unsafe json_object_iter(value)
    while let current = unsafe iterator {
      guard unsafe isBounded(json_object_iter_value(current), levels: levels - 1, &budget) else {
        return false
      }
      unsafe iterator = json_object_iter_next(value, current)
    }
    return true
  case arrayType:
    guard levels > 0 else { return false }
    for index in unsafe 0..<json_array_size(value) {
      guard unsafe isBounded(json_array_get(value, index), levels: levels - 1, &budget) else { return false }
    }
    return true
  default: return true
  }
}
