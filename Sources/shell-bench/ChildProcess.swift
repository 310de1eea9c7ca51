import CBareLoop
import Glibc

/// Which cores a server and its client run on; the same for the host and for the bare loop.
enum Placement {
  /// Both on the first core: what a request costs altogether.
  case oneCore
  /// The server on the first, the client on the second: what the server can do.
  case apart
  /// Both on both: a server that reads on two threads may.
  case bothCores

  var server: UInt64 { self == .bothCores ? 3 : 1 }
  var client: UInt64 { self == .oneCore ? 1 : self == .apart ? 2 : 3 }
}

/// A program that was started here, and ends with this one at the latest.
final class ChildProcess {
  let id: pid_t

  init(_ arguments: [String], input: Int32 = -1, output: Int32 = -1, log: Int32) throws {
    id = unsafe bench_start(ChildProcess.joined(arguments), 3, input, output, log)
    guard id > 0 else { throw BenchError("cannot start \(arguments[0])") }
  }

  deinit { stop() }

  func pin(_ placement: Placement) { bench_pin(id, placement.server) }

  /// Asks it to end, waits, and ends it if it does not.
  func stop() {
    guard bench_wait(id, 0) < 0 else { return }
    bench_signal(id, SIGTERM)
    guard bench_wait(id, 10_000) < 0 else { return }
    bench_signal(id, SIGKILL)
    _ = bench_wait(id, 2_000)
  }

  /// Runs a program to its end; throws when it refuses. `output`: where its standard output goes, if not to the log.
  static func run(_ arguments: [String], output: Int32? = nil, log: Int32) throws {
    let process = unsafe bench_start(joined(arguments), 3, -1, output ?? log, log)
    let status = process > 0 ? bench_wait(process, 300_000) : 127
    guard status == 0 else { throw BenchError("exit status \(status): \(arguments.joined(separator: " "))") }
  }

  /// Arguments as `bench_start` takes them: each ended by a line feed, so none may hold one.
  static func joined(_ arguments: [String]) -> String { arguments.map { "\($0)\n" }.joined() }
}
