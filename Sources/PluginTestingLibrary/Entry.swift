import CPluginTesting
import Dispatch
import PluginTesting
import Synchronization

/// The functions of `shell_testing.h` over `PluginBench`.
@c(shell_bench_open)
public func shellBenchOpen(
  _ options: UnsafeMutablePointer<json_t>?, _ error: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?
) -> OpaquePointer? {
  let options = unsafe taken(options)
  switch waited({ try await PluginBench(options) }) {
  case .success(let bench): return unsafe OpaquePointer(Unmanaged.passRetained(bench).toOpaque())
  case .failure(let trouble):
    unsafe tell(trouble, to: error)
    return nil
  }
}

@c(shell_bench_call)
public func shellBenchCall(
  _ bench: OpaquePointer?, _ method: UnsafePointer<CChar>?, _ params: UnsafeMutablePointer<json_t>?,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?
) -> UnsafeMutablePointer<json_t>? {
  let params = unsafe taken(params)
  guard let bench = unsafe bench, let method = unsafe method else { return nil }
  let target = unsafe Unmanaged<PluginBench>.fromOpaque(UnsafeRawPointer(bench)).takeUnretainedValue()
  let name = unsafe String(cString: method)
  switch waited({ try await target.perform(name, params) }) {
  case .success(let result): return unsafe result.retainedPointer()
  case .failure(let trouble):
    unsafe tell(trouble, to: error)
    return nil
  }
}

@c(shell_bench_close)
public func shellBenchClose(_ bench: OpaquePointer?) {
  guard let bench = unsafe bench else { return }
  unsafe Unmanaged<PluginBench>.fromOpaque(UnsafeRawPointer(bench)).release()
}

/// Parameters that are the callee's from the moment of the call.
private func taken(_ json: UnsafeMutablePointer<json_t>?) -> JSONValue {
  guard let json = unsafe json else { return .emptyObject }
  return unsafe JSONValue(adopting: json)
}

private func tell(_ trouble: any Error, to place: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?) {
  let words: JSONValue =
    if let refusal = trouble as? BenchRefusal {
      refusal.json
    } else {
      ["message": JSONValue("\(trouble)"), "data": ["kind": "bench.trouble"]]
    }
  unsafe place?.pointee = words.retainedPointer()
}

/// The caller's thread is a C program's, none of Swift's own: it may wait.
private func waited<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) -> Result<Value, any Error> {
  let done = DispatchSemaphore(value: 0)
  let slot = ResultSlot<Value>()
  Task {
    do {
      slot.fill(.success(try await body()))
    } catch {
      slot.fill(.failure(error))
    }
    done.signal()
  }
  done.wait()
  return slot.result ?? .failure(CancellationError())
}

private final class ResultSlot<Value: Sendable>: Sendable {
  private let kept = Mutex<Result<Value, any Error>?>(nil)
  var result: Result<Value, any Error>? { kept.withLock { $0 } }
  func fill(_ result: Result<Value, any Error>) { kept.withLock { $0 = result } }
}
