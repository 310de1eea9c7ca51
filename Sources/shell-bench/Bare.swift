import ArgumentParser
import CBareLoop

/// `shell-bench bare`: the bare loop, started by `shell-bench` itself.
struct Bare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves as the bare loop.",
    discussion: "Started by shell-bench for itself; useful by hand to look at the loop with a profiler.")

  @Option(name: .long, help: "Unix socket to listen on; without it stdin and stdout.")
  var socket: String?
  @Option(name: .long, help: "SQLite file with the rows of registry/query.")
  var database: String?
  @Option(name: .long, help: "SQLite file for inserted rows.")
  var scratch: String?

  func run() throws {
    let status = unsafe withOptionalCString(socket) { socket in
      unsafe withOptionalCString(database) { database in
        unsafe withOptionalCString(scratch) { scratch in
          var options = unsafe bare_loop_options(
            socket_path: socket, database_path: database, scratch_path: scratch)
          return unsafe bare_loop_run(&options)
        }
      }
    }
    throw ExitCode(status)
  }

  private func withOptionalCString<Result>(
    _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
  ) -> Result {
    guard let text else { return body(nil) }
    return unsafe text.withCString { unsafe body($0) }
  }
}
