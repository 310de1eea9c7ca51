import CJansson
import CSQLite
import Jansson

// JSON in, JSON out: here and in JSONSink the store reads jansson's values where they lie, since a bulk insert
// that made Swift values of them would take twice as long.

extension SQLStatement {
  /// Binds every parameter. The texts are not copied: `bindings` must live until the statement has been run.
  func bindAll(_ bindings: JSONValue?) throws(StoreError) {
    let expected = parameterNames.count
    guard let bindings, !bindings.isNull else {
      if expected > 0 { throw .binding(reason: "\(expected) values are missing", sql: sql) }
      return
    }
    switch bindings.kind {
    case .array:
      guard bindings.count == expected else {
        throw .binding(reason: "\(bindings.count) values for \(expected) parameters", sql: sql)
      }
      let failed = unsafe bindings.withPointer { array -> Int? in
        (0..<expected).first { unsafe !bind(Int32($0 + 1), json_array_get(array, $0)) }
      }
      if let failed { throw .binding(reason: "value \(failed + 1) is not a scalar", sql: sql) }
    case .object:
      for (index, name) in parameterNames.enumerated() {
        guard let name else { throw .binding(reason: "a parameter without a name needs an array", sql: sql) }
        let isBound = unsafe bindings.withPointer { object in
          unsafe bind(Int32(index + 1), json_object_get(object, name))
        }
        guard isBound else {
          let reason = bindings[name] == nil ? "no value for :\(name)" : "the value for :\(name) is not a scalar"
          throw .binding(reason: reason, sql: sql)
        }
      }
    default: throw .binding(reason: "bindings are an array or an object", sql: sql)
    }
  }

  /// Binds one scalar without copying its text; false for what is none.
  @inline(__always)
  func bind(_ index: Int32, _ value: UnsafePointer<json_t>?) -> Bool {
    guard let value = unsafe value else { return false }
    switch unsafe value.pointee.type {
    case JSON_STRING:
      unsafe sqlite3_bind_text64(
        handle, index, json_string_value(value), UInt64(json_string_length(value)), nil, UInt8(SQLITE_UTF8))
    case JSON_INTEGER: unsafe sqlite3_bind_int64(handle, index, json_integer_value(value))
    case JSON_REAL: unsafe sqlite3_bind_double(handle, index, json_real_value(value))
    case JSON_TRUE: unsafe sqlite3_bind_int64(handle, index, 1)
    case JSON_FALSE: unsafe sqlite3_bind_int64(handle, index, 0)
    case JSON_NULL: unsafe sqlite3_bind_null(handle, index)
    default: return false
    }
    return true
  }

  /// Binds one scalar of a request, copying its text; arrays and objects as NULL.
  func bindCopy(_ index: Int32, _ value: JSONValue) {
    switch value.kind {
    case .string: bind(index, value.string ?? "")
    case .integer: bind(index, value.int64 ?? 0)
    case .real: bind(index, value.double ?? 0)
    case .boolean: bind(index, value.bool == true ? 1 : 0 as Int64)
    case .object, .array, .null: bindNull(index)
    }
  }

  /// Steps to the end; each row an object by column name, of two columns of one name the later one.
  func rowObjects() throws(StoreError) -> JSONValue {
    let rows = unsafe json_array()
    let result = unsafe JSONValue(adopting: rows)
    var names = unsafe [UnsafePointer<CChar>?]()
    while try step() {
      // Not before the first step: after a change of the schema it prepares the statement anew, and the names
      // of before are gone.
      if unsafe names.isEmpty {
        let count = unsafe sqlite3_column_count(handle)
        unsafe names = (0..<count).map { unsafe sqlite3_column_name(handle, $0) }
      }
      let row = unsafe json_object()
      for column in unsafe names.indices {
        unsafe _ = json_object_set_new_nocheck(row, names[column], columnValue(Int32(column)))
      }
      unsafe _ = json_array_append_new(rows, row)
    }
    return result
  }

  /// The current row's column as a new JSON value; a blob as hexadecimal text.
  func columnValue(_ column: Int32) -> UnsafeMutablePointer<json_t>? {
    switch unsafe sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: return unsafe json_integer(sqlite3_column_int64(handle, column))
    case SQLITE_FLOAT: return unsafe json_real(sqlite3_column_double(handle, column)) ?? json_null()
    case SQLITE_TEXT:
      let bytes = unsafe UnsafeRawBufferPointer(textBytes(column))
      let characters = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyCString
      // jansson refuses text that is not UTF-8, which SQLite lets in through casts; then it is mended.
      return unsafe json_stringn(characters, bytes.count) ?? JSONValue(text(column)).retainedPointer()
    case SQLITE_BLOB:
      let start = unsafe sqlite3_column_blob(handle, column)
      let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
      let digits = Array("0123456789abcdef".utf8)
      let text = unsafe bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
      return unsafe JSONValue(String(decoding: text, as: UTF8.self)).retainedPointer()
    default: return unsafe json_null()
    }
  }
}
