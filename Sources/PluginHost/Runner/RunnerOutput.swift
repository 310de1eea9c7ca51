#if canImport(Glibc)
  import Glibc
#endif

/// Takes what a plugin prints into the log, a line at a time, under its name.
func copyOutput(_ output: Int32, _ context: PluginContext) {
  defer { close(output) }
  // Of this thread: whatever else the host does comes first.
  _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
  var line: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(output, $0.baseAddress, $0.count) }
    guard count > 0 else { break }
    var isHeard = true
    for byte in chunk[..<count] {
      if byte == UInt8(ascii: "\n") || line.count >= 1000 {
        isHeard = context.printed(String(decoding: line, as: UTF8.self))
        line = []
      }
      if byte != UInt8(ascii: "\n") { line.append(byte) }
    }
    // Past what the log takes it may wait, rather than keep a processor busy.
    if !isHeard { usleep(50_000) }
  }
  if !line.isEmpty { _ = context.printed(String(decoding: line, as: UTF8.self)) }
}
