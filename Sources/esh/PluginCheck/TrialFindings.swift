import PluginHost
import ShellProtocol

/// What a trial may find, each with the way out.
extension CheckFinding {
  private static func error(
    _ id: String, _ place: String, ru: String, en: String, do adviceRu: String, _ adviceEn: String
  ) -> CheckFinding {
    CheckFinding(
      id, .error, at: place, LocalizedText(ru: ru, en: en), advice: LocalizedText(ru: adviceRu, en: adviceEn))
  }

  private static func warning(
    _ id: String, _ place: String, ru: String, en: String, do adviceRu: String, _ adviceEn: String
  ) -> CheckFinding {
    CheckFinding(
      id, .warning, at: place, LocalizedText(ru: ru, en: en), advice: LocalizedText(ru: adviceRu, en: adviceEn))
  }

  // MARK: Ownership

  static func leak(at place: String, count: Int) -> CheckFinding {
    error(
      "refs.leak", place, ru: "с каждым вызовом не возвращено ссылок на params и session: \(count)",
      en: "each call keeps \(count) references to params and session",
      do: "каждому json_incref нужен json_decref; json_pack берёт «O» с новой ссылкой, «o» без неё",
      "every json_incref needs a json_decref; in json_pack, 'O' takes a reference of its own and 'o' does not")
  }

  static func overRelease(at place: String, count: Int) -> CheckFinding {
    error(
      "refs.overRelease", place, ru: "вызов отдаёт лишних ссылок на params и session: \(count)",
      en: "a call gives back \(count) references to params and session that it never took",
      do: "params и session заняты на время вызова: не отдавайте их json_decref и не передавайте в json_pack с «o»",
      "params and session are borrowed: no json_decref for them, and no 'o' of json_pack")
  }

  static func keptResult(at place: String) -> CheckFinding {
    error(
      "result.kept", place, ru: "на каждый результат после complete остаётся ещё ссылка",
      en: "each result keeps a reference after complete",
      do: "complete забирает результат себе: не делайте перед ним json_incref",
      "complete takes the result over: no json_incref before it")
  }

  static func sharedResult(at place: String) -> CheckFinding {
    warning(
      "result.shared", place, ru: "каждый раз отдаётся одно и то же значение, а не новое",
      en: "the very same value is given each time, not a fresh one",
      do: "отдавайте json_deep_copy; отданное значение больше не меняйте",
      "give a json_deep_copy; never change a value that was given away")
  }

  static func growth(at place: String, bytes: Int64) -> CheckFinding {
    error(
      "memory.growth", place, ru: "с каждым вызовом память растёт на \(bytes) байт",
      en: "memory grows by \(bytes) bytes a call",
      do: "найдите, что не освобождается: valgrind --leak-check=full, в Swift циклы ссылок и растущие словари",
      "find what is not freed: valgrind --leak-check=full; in Swift cycles of references and dictionaries that only grow"
    )
  }

  static func keptValues(at place: String, blocks: Int64, bytes: Int64) -> CheckFinding {
    error(
      "memory.values", place, ru: "с каждым вызовом остаются значения JSON (блоков jansson: \(blocks), байт: \(bytes))",
      en: "each call leaves JSON values behind (blocks of jansson: \(blocks), bytes: \(bytes))",
      do: "каждое NEW значение (query, json_pack, json_deep_copy) отдайте: complete, «o» в json_pack или json_decref",
      "every NEW value (query, json_pack, json_deep_copy) must go somewhere: complete, 'o' of json_pack, or json_decref"
    )
  }

  static func startGrowth(bytes: Int64) -> CheckFinding {
    warning(
      "memory.starts", "start and stop", ru: "каждый запуск и остановка оставляют \(bytes) байт",
      en: "each start and stop leaves \(bytes) bytes behind",
      do: "освобождайте в destroy всё, что создано в create и activate",
      "free in destroy whatever create and activate have made")
  }

  // MARK: The end of a call

  static func endedTwice(at place: String) -> CheckFinding {
    error(
      "call.endedTwice", place, ru: "вызов завершён дважды или после своего конца",
      en: "a call was completed twice, or after its end",
      do: "на каждый вызов ровно один complete или fail; после fail возвращайтесь сразу",
      "exactly one complete or fail a call; return at once after fail")
  }

  static func neverEnds(at place: String) -> CheckFinding {
    error(
      "call.neverEnds", place, ru: "вызов не завершается и после отмены",
      en: "a call never ends, not even when it is cancelled",
      do: "завершайте вызов в cancel или вскоре после него: fail с kind «cancelled»",
      "end the call in cancel or soon after: fail with the kind 'cancelled'")
  }

  static func blocks(at place: String) -> CheckFinding {
    error(
      "call.blocks", place, ru: "call не возвращается и после срока из limits.callMs",
      en: "call does not return, not even after limits.callMs",
      do: "верните SHELL_PENDING и работайте в своём потоке, спрашивая is_cancelled; или дайте в манифесте срок больше",
      "return SHELL_PENDING and work on a thread of your own that asks is_cancelled; or name a longer limit in the manifest"
    )
  }

  static func blocksInCancel(at place: String) -> CheckFinding {
    error(
      "cancel.blocks", place, ru: "cancel не возвращается", en: "cancel does not return",
      do: "в cancel только пометьте вызов; ждать там нельзя: cancel приходит из любого потока",
      "only mark the call in cancel; it must not wait: cancel comes on any thread")
  }

  static func rejects(at place: String) -> CheckFinding {
    error(
      "call.rejected", place, ru: "манифест это обещает, а код отвечает SHELL_REJECT",
      en: "the manifest promises it, and the code answers SHELL_REJECT",
      do: "обработайте имя в call или уберите его из манифеста и describe",
      "handle the name in call, or take it out of the manifest and of describe")
  }

  static func wordless(at place: String) -> CheckFinding {
    warning(
      "error.wordless", place, ru: "отказ без kind: программа не узнает, в чём дело",
      en: "a refusal without a kind: programs cannot tell what is the matter",
      do: "fail с {\"kind\": \"модуль.причина\", \"message\": {\"ru\", \"en\"}}",
      "fail with {\"kind\": \"plugin.reason\", \"message\": {\"ru\", \"en\"}}")
  }

  static func brokenTable(at place: String, _ reason: String) -> CheckFinding {
    error(
      "table.broken", place, ru: "источник таблицы не читается: \(reason)",
      en: "the table's source cannot be read: \(reason)",
      do: "проверьте from, columns и where в describe против таблиц из migrations",
      "compare from, columns and where in describe with the tables of migrations")
  }

  static func startsOnce(_ failure: PluginFailure, after count: Int) -> CheckFinding {
    error(
      "start.again", "start and stop", ru: "после остановки №\(count + 1) модуль не запускается: \(failure.message.ru)",
      en: "after stop number \(count + 1) it does not start: \(failure.message.en)",
      do: "create должен работать и после destroy: не держите одноразовое в глобальных переменных",
      "create must work after destroy: keep nothing in globals that is made once")
  }

  // MARK: Breaches that the host contains

  init(_ breach: TrialLog.CheckBreach, at place: String) {
    switch breach {
    case .permission(let name):
      self = Self.error(
        "permission.missing", place, ru: "модуль сделал то, на что в манифесте нет разрешения: \(name)",
        en: "it did what the manifest does not permit: \(name)",
        do: "впишите разрешение в permissions манифеста или уберите это из кода",
        "ask for it in the manifest's permissions, or take it out of the code")
    case .contract(let what):
      self = Self.error(
        "contract.broken", place, ru: "нарушение договора: \(what)", en: "a breach of the contract: \(what)",
        do: "перечитайте это место в shell_plugin.h", "read that place of shell_plugin.h again")
    case .slowEnd:
      self = Self.error(
        "stop.slow", place, ru: "модуль не остановился за 3 секунды", en: "it did not stop within 3 seconds",
        do: "в deactivate остановите потоки и таймеры и завершите начатые вызовы",
        "in deactivate stop threads and timers and complete what is pending")
    }
  }
}
