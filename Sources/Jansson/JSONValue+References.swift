import CJansson

extension JSONValue {
  /// References to all parts of this value together. The values that exist once in a process (true, false, null) are
  /// left out: nobody counts theirs.
  package var references: Int {
    unsafe withPointer { unsafe countReferences($0) }
  }

  /// References to the value itself; nil for those that exist once in a process.
  package var rootReferences: Int? {
    unsafe withPointer { unsafe isCounted($0) ? Int($0.pointee.refcount) : nil }
  }

  /// Adds references to every part, so that somebody who gives back one too many is seen and frees nothing.
  package func guardParts(times: Int) {
    unsafe withPointer { pointer in
      unsafe eachPart(pointer) { part in for _ in 0..<times { unsafe _ = json_incref(part) } }
    }
  }

  /// Takes back what `guardParts` added. Only while nobody has given back more than was theirs.
  package func unguardParts(times: Int) {
    unsafe withPointer { pointer in
      unsafe eachPart(pointer) { part in for _ in 0..<times { unsafe json_decref(part) } }
    }
  }

  /// Whether both are the very same value in memory.
  package func isSame(as other: JSONValue) -> Bool {
    unsafe withPointer { mine in unsafe other.withPointer { unsafe $0 == mine } }
  }
}

private func isCounted(_ value: UnsafeMutablePointer<json_t>) -> Bool {
  unsafe value.pointee.refcount != -1
}

private func countReferences(_ value: UnsafeMutablePointer<json_t>) -> Int {
  var sum = 0
  unsafe eachPart(value) { unsafe sum += Int($0.pointee.refcount) }
  return sum
}

/// Visits every counted part, the outer one last, since it holds the others.
private func eachPart(_ value: UnsafeMutablePointer<json_t>, _ visit: (UnsafeMutablePointer<json_t>) -> Void) {
  var iterator = unsafe json_object_iter(value)
  while let current = unsafe iterator {
    if let member = unsafe json_object_iter_value(current) { unsafe eachPart(member, visit) }
    unsafe iterator = json_object_iter_next(value, current)
  }
  for index in unsafe 0..<json_array_size(value) {
    if let element = unsafe json_array_get(value, index) { unsafe eachPart(element, visit) }
  }
  if unsafe isCounted(value) { unsafe visit(value) }
}
