import ArgumentParser
import PlatformSimulator
import Terminal

extension PlatformCommands {
  /// `esh max fault …`: what goes wrong on the platform.
  struct Fault: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Неполадки платформы. / Faults of the platform.", subcommands: [Add.self, Clear.self, List.self],
      defaultSubcommand: Add.self)

    struct Add: ParsableCommand {
      static let configuration = CommandConfiguration(abstract: "Добавить. / Adds one.")
      @Option(name: .long, help: "Маска «МЕТОД путь». / Glob over method and path.") var operation: String
      @Option(name: .long, help: "status, drop-before, drop-after, delay, duplicate, reorder.") var kind: String
      @Option(name: .long, help: "Код ответа. / Status of the answer.") var status: Int?
      @Option(name: .long, help: "Сколько раз. / How often; until cleared without it.") var times: Int?
      @Option(name: .long, help: "Доля запросов. / Share of the requests, 0…1.") var rate: Double?
      @Option(name: .long, help: "Задержка, мс. / Delay, ms.") var ms: Int64?
      @OptionGroup var data: DataOptions
      @OptionGroup var output: OutputOptions

      func run() throws {
        let request = FaultRequest(operation: operation, kind: kind, status: status, times: times, rate: rate, ms: ms)
        let fault = try asking(data) { try await $0.addFault(request) }
        if output.json { print(try SimulatorClient.json(fault)) } else { print("\(fault.id): \(kind) \(operation)") }
      }
    }

    struct Clear: ParsableCommand {
      static let configuration = CommandConfiguration(abstract: "Убрать все. / Clears all.")
      @OptionGroup var data: DataOptions
      func run() throws {
        let count = try asking(data) { try await $0.clearFaults() }
        print("убрано / cleared: \(count)")
      }
    }

    struct List: ParsableCommand {
      static let configuration = CommandConfiguration(abstract: "Перечислить. / Lists them.")
      @OptionGroup var data: DataOptions
      @OptionGroup var output: OutputOptions
      func run() throws {
        let faults = try asking(data) { try await $0.faults() }
        if output.json { return print(try SimulatorClient.json(faults)) }
        Output.table(
          ["№", "операция", "вид", "сработала"],
          faults.map { [String($0.id), $0.operation, $0.kind, String($0.hit)] })
      }
    }
  }
}
