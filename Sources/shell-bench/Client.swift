import CBareLoop
import Jansson

/// Why there is no figure.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A connection of the load generator. What it measures is measured in C.
@safe final class Client {
  private let pointer: OpaquePointer

  init(socket: String, timeoutMs: Int32 = 20_000) throws {
    guard let pointer = unsafe bench_connect(socket, timeoutMs) else {
      throw BenchError("nobody listens on \(socket)")
    }
    unsafe self.pointer = unsafe pointer
  }

  /// Takes over two descriptors.
  init(input: Int32, output: Int32) throws {
    guard let pointer = unsafe bench_adopt(input, output) else { throw BenchError("no memory") }
    unsafe self.pointer = unsafe pointer
  }

  deinit { unsafe bench_close(pointer) }

  /// The answer to one request, as text.
  func text(_ message: Message) throws -> [UInt8] {
    var answer: UnsafeMutablePointer<CChar>? = nil
    let length = unsafe message.withC { unsafe bench_request(pointer, $0, &answer) }
    guard length >= 0, let start = unsafe answer else { throw BenchError("the server closed the connection") }
    defer { unsafe bench_free(start) }
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(length)))
  }

  /// The `result` of one request.
  @discardableResult
  func result(_ message: Message) throws -> JSONValue {
    let answer = try JSONValue(parsing: text(message))
    guard let result = answer["result"] else {
      let method = String(decoding: message.bytes.prefix(200), as: UTF8.self).split(separator: "\n").last ?? ""
      throw BenchError("\(method): \(answer["error"]?.text() ?? "no result")")
    }
    return result
  }

  /// Latencies of requests that were sent one after the other.
  func latencies(_ message: Message, count: Int) throws -> Latencies {
    var nanoseconds = [UInt32](repeating: 0, count: count)
    let seconds = unsafe message.withC { message in
      unsafe nanoseconds.withUnsafeMutableBufferPointer { buffer in
        unsafe bench_one_by_one(pointer, message, Int32(count), buffer.baseAddress)
      }
    }
    return Latencies(try Client.checked(seconds), nanoseconds)
  }

  /// Answers a second with `depth` requests in flight.
  func rate(_ message: Message, count: Int, depth: Int, mayFail: Bool = false) throws -> Double {
    let seconds = unsafe message.withC {
      unsafe bench_pipeline(pointer, $0, Int32(count), Int32(depth), mayFail ? 1 : 0)
    }
    return Double(count) / (try Client.checked(seconds))
  }

  /// Notifications a second, until a request behind them is answered.
  func notifications(_ message: Message, count: Int) throws -> Double {
    let seconds = unsafe message.withC { message in
      unsafe Message("ping").withC { unsafe bench_notify(pointer, message, Int32(count), $0) }
    }
    return Double(count) / (try Client.checked(seconds))
  }

  /// Sends and does not read. Returns how many requests the server took.
  func stall(_ message: Message, count: Int) throws -> Int {
    let sent = unsafe message.withC { unsafe bench_stall(pointer, $0, Int32(count)) }
    guard sent >= 0 else { throw BenchError("the server closed a connection that did not read") }
    return Int(sent)
  }

  /// Reads after all: answers a second.
  func drain(_ message: Message, count: Int) throws -> Double {
    let seconds = unsafe message.withC { unsafe bench_drain(pointer, $0, Int32(count)) }
    return Double(count) / (try Client.checked(seconds))
  }

  /// Many connections at once, a request in flight on each.
  static func crowd(socket: String, connections: Int, _ message: Message, count: Int) throws -> Latencies {
    var nanoseconds = [UInt32](repeating: 0, count: count)
    let seconds = unsafe message.withC { message in
      unsafe nanoseconds.withUnsafeMutableBufferPointer { buffer in
        unsafe bench_crowd(socket, Int32(connections), message, Int32(count), buffer.baseAddress)
      }
    }
    return Latencies(try checked(seconds), nanoseconds)
  }

  private static func checked(_ seconds: Double) throws -> Double {
    guard seconds > 0 else { throw BenchError("an answer was missing or an error") }
    return seconds
  }
}

/// How long requests took.
struct Latencies {
  let seconds: Double
  /// Each, in order.
  let nanoseconds: [UInt32]
  private let sorted: [UInt32]

  init(_ seconds: Double, _ nanoseconds: [UInt32]) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    sorted = nanoseconds.sorted()
  }

  var rate: Double { Double(sorted.count) / seconds }
  /// Microseconds.
  var median: Double { percentile(0.5) }
  /// Microseconds.
  var p99: Double { percentile(0.99) }

  /// Microseconds; 1: the longest.
  func percentile(_ part: Double) -> Double {
    sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]) / 1000
  }
}
