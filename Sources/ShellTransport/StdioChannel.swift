import Dispatch
import Glibc

/// The one client of `--stdio`: the parent process, a shell's pipe, a file, a terminal or a socket.
package enum StdioChannel {
  /// Begins to serve it; `opened` follows. The descriptors are the desk's from here on.
  package static func open(_ descriptors: StdioDescriptors, server: WireServer) throws(TransportError) {
    let input = try pollableInput(descriptors.input)
    let (output, pump) = try pollableOutput(descriptors.output)
    server.desk.execute {
      guard let connection = server.makeConnection(.stdio) else { return }
      server.attach(connection, input: input, output: output) { report in
        guard let pump else { return report() }
        pump.notify(queue: DispatchQueue(label: "esh.stdout.end")) { server.desk.execute(report) }
      }
    }
  }

  /// A descriptor that epoll takes and whose O_NONBLOCK is ours alone.
  private static func pollableInput(_ descriptor: CInt) throws(TransportError) -> CInt {
    if let own = reopened(descriptor, O_RDONLY) { return own }
    let (read, write) = try makePipe()
    copy(from: descriptor, to: write, name: "stdin")
    return read
  }

  /// The same for output, and the group that is left when everything has reached a file, if it is one.
  private static func pollableOutput(_ descriptor: CInt) throws(TransportError) -> (CInt, DispatchGroup?) {
    if let own = reopened(descriptor, O_WRONLY) { return (own, nil) }
    let (read, write) = try makePipe()
    return (write, copy(from: read, to: descriptor, name: "stdout"))
  }

  /// Nil for files and devices, which epoll does not take. A pipe or a terminal is opened anew: O_NONBLOCK belongs to
  /// the open file, which we may share with stderr, with the shell and with whoever else got it from our parent.
  private static func reopened(_ descriptor: CInt, _ mode: CInt) -> CInt? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFSOCK: return descriptor
    case S_IFIFO: break
    case S_IFCHR where isatty(descriptor) == 1: break
    default: return nil
    }
    let own = unsafe Glibc.open("/proc/self/fd/\(descriptor)", mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard own >= 0 else { return descriptor }  // no /proc, or not our pipe: share the flag then
    close(descriptor)
    return own
  }

  private static func makePipe() throws(TransportError) -> (read: CInt, write: CInt) {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw failure("pipe", "stdio") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Copies until the end on a thread of its own, for what can only be waited for; closes both.
  @discardableResult
  private static func copy(from source: CInt, to target: CInt, name: String) -> DispatchGroup {
    let group = DispatchGroup()
    DispatchQueue(label: "esh.\(name)").async(group: group) {
      var bytes = [UInt8](repeating: 0, count: 64 << 10)
      copying: while true {
        let count = unsafe read(source, &bytes, bytes.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        var written = 0
        while written < count {
          let step = unsafe bytes.withUnsafeBytes {
            unsafe write(target, $0.baseAddress.map { unsafe $0 + written }, count - written)
          }
          if step < 0, errno == EINTR { continue }
          guard step > 0 else { break copying }
          written += step
        }
      }
      close(source)
      close(target)
    }
    return group
  }
}
