import CBareLoop
import Glibc

/// Round trips over two pipes, with a server that is started for it.
enum StdioAxis {
  static func measure(_ bench: Bench, _ station: Station) throws -> [Double] {
    let workshop = bench.workshop
    let arguments =
      station.side == .host ? workshop.host(["--stdio"], bench: false) : [Files.executable, "bare"]
    let (input, output) = (try pipe(), try pipe())
    let process = try ChildProcess(arguments, input: input.read, output: output.write, log: workshop.log)
    close(input.read)
    close(output.write)
    let client = try Client(input: output.read, output: input.write)
    _ = try client.text(Message("ping"))
    process.pin(.oneCore)
    let found = try client.latencies(Message("ping"), count: bench.count(20_000))
    bench_signal(process.id, SIGTERM)
    return [found.median, found.p99]
  }

  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else { throw BenchError("no pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}
