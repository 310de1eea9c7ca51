import ArgumentParser
import Terminal

/// Runs a command's body; a refusal is a line on standard error and status 1.
func reporting(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as RefusedCall {
    Output.note("esh: \(error)")
    throw ExitCode(1)
  } catch let error as HostError {
    Output.note("esh: \(error)")
    throw ExitCode(1)
  }
}
