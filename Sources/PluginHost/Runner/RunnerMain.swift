import CRunner

#if canImport(Glibc)
  import Glibc
#endif

extension RunnerGuest {
  /// A runner process, from its command line to its end: `esh plugin-runner ID serial|parallel MEMORY_MB LIBRARY`,
  /// with the host's socket as descriptor 3. Returns the exit status.
  package static func main(_ words: [String]) -> Int32 {
    guard words.count == 4, let memoryMB = UInt64(words[2]), isSocket(socket) else {
      let words = "esh plugin-runner: the host starts it, nobody else\n"
      _ = unsafe words.withCString { unsafe write(STDERR_FILENO, $0, strlen($0)) }
      return 64
    }
    _ = signal(SIGPIPE, SIG_IGN)
    runner_bound(memoryMB << 20)
    let folder = words[3].split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let walls = unsafe runner_wall_in(folder)
    RunnerGuest(FramePipe(socket), plugin: words[0], isParallel: words[1] == "parallel", walls: walls).serve()
    // Whatever the plugin's threads do: without its host it has nothing to do here.
    _exit(0)
  }

  private static func isSocket(_ file: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }
}
