import Jansson
import PluginHost
import ShellProtocol
import ShellStore
import ShellTime

extension Shell {
  func addHostMethods(_ methods: inout MethodCatalogBuilder) {
    methods.add(
      MethodDefinition(
        "health/get", LocalizedText(ru: "Состояние сервера", en: "How the host is"), params: MethodSchemas.object([]),
        result: WireSchemas.ref("Health"), access: .initialized, mode: .read,
        handler: .deferred { [unowned self] _, responder in
          // Counting the queue reads the disk: beside the desk.
          background.write { [self] in responder.answer(health()) }
        }))
    methods.add(
      MethodDefinition(
        "metrics/get", LocalizedText(ru: "Счётчики и времена ответов", en: "Counters and latencies"),
        params: MethodSchemas.object([]), result: WireSchemas.ref("Metrics"), access: .signedIn, mode: .free,
        handler: .immediate { [unowned self] _ in .value(dispatcher.metrics.json) }))
    guard let manual = clock as? ManualClock else { return }
    methods.add(
      MethodDefinition(
        "clock/get", LocalizedText(ru: "Время сервера", en: "The host's time"), params: MethodSchemas.object([]),
        result: MethodSchemas.object([("now", MethodSchemas.string)]), access: .initialized, mode: .read,
        handler: .immediate { _ in .value(["now": JSONValue(RFC3339.text(manual.nowMs))]) }))
    methods.add(
      MethodDefinition(
        "clock/advance",
        LocalizedText(
          ru: "Перевести часы и выполнить всё, что наступило", en: "Moves the clock and runs what falls due"),
        params: MethodSchemas.object([("to", MethodSchemas.string)], required: ["to"]),
        result: MethodSchemas.object([("now", MethodSchemas.string)]), access: .initialized, mode: .barrier,
        errors: [.invalidParams],
        handler: .deferred { [unowned self] request, responder in advance(manual, request, responder) }))
  }

  /// `{status, uptimeSeconds, plugins, queue: {pending, failed}, store: {sizeBytes, schema}}`.
  func health() -> JSONValue {
    let statuses = plugins.statuses()
    let isWell = !statuses.contains { $0.state == .failed }
    // A store that cannot be read is what health is there to tell.
    let jobs = try? store.jobCounts()
    let schema = try? store.schemaVersions()
    let isReadable = jobs != nil && schema != nil
    return [
      "status": isReadable ? (isWell ? "ok" : "degraded") : "failed",
      "uptimeSeconds": JSONValue((monotonicMs() - startedMs) / 1000),
      "plugins": JSONValue(
        statuses.map { ["id": JSONValue($0.id), "state": JSONValue($0.state.rawValue)] as JSONValue }),
      "queue": ["pending": JSONValue(jobs?.pending ?? 0), "failed": JSONValue(jobs?.failed ?? 0)],
      "store": [
        "sizeBytes": JSONValue(store.sizeBytes()),
        "schema": JSONValue(members: (schema ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }),
      ],
    ]
  }

  private func advance(_ manual: ManualClock, _ request: Request, _ responder: Responder) {
    guard let target = RFC3339.parse(request.params["to"]?.string ?? "") else {
      let message = LocalizedText(ru: "нужен момент времени RFC 3339", en: "must be an RFC 3339 instant")
      return responder.fail(.invalidParams([.init(path: "/to", message)], request.locale))
    }
    Task { [plugins, onClockMoved] in
      await plugins.runDue(upTo: target)
      manual.advance(toMs: target)
      onClockMoved()
      desk.execute { [weak self] in self?.endExpiredWeb() }
      responder.answer(["now": JSONValue(RFC3339.text(manual.nowMs))])
    }
  }

  /// What the host tells by itself, for the documents.
  static let notifications: [NotificationDefinition] = [
    NotificationDefinition(
      "desktop/didChange", LocalizedText(ru: "Изменился рабочий стол", en: "The desktop changed"),
      params: MethodSchemas.object([("revision", ["type": "integer"]), ("changed", MethodSchemas.strings)])),
    NotificationDefinition(
      "window/didChange", LocalizedText(ru: "Изменилось окно", en: "A window changed"),
      params: MethodSchemas.object([
        ("window", MethodSchemas.string), ("revision", ["type": "integer"]),
        ("changed", WireSchemas.ref("WindowChange")),
      ])),
    NotificationDefinition(
      "registry/didChange", LocalizedText(ru: "Изменились строки реестра", en: "Rows of a registry changed"),
      params: MethodSchemas.object([
        ("registry", MethodSchemas.string), ("tab", MethodSchemas.string), ("revision", ["type": "integer"]),
      ])),
    NotificationDefinition(
      "session/didEnd", LocalizedText(ru: "Сеанс завершён", en: "The session ended"),
      params: MethodSchemas.object([("reason", MethodSchemas.string)])),
    NotificationDefinition(
      "plugin/didChange", LocalizedText(ru: "Изменилось состояние модуля", en: "A plugin's state changed"),
      params: MethodSchemas.object([("plugin", MethodSchemas.string), ("state", MethodSchemas.string)])),
  ]
}
