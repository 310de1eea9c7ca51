import PluginKit

/// `journal.bindTopic {lesson, topic}` → `{lesson, topic}` and `journal.unbindTopic {lesson}` → `{lesson}`: what
/// «Привязать к КТП» and «Отвязать КТП» do.
enum BindTopic {
  static let bind = "journal.bindTopic"
  static let unbind = "journal.unbindTopic"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(bind) { call throws -> Outcome in
      let (lesson, topic) = (try call.string("lesson"), try call.string("topic"))
      try bind(lesson, to: topic, call)
      return Outcome(result: ["lesson": JSONValue(lesson), "topic": JSONValue(topic)])
    }
    plugin.command(unbind) { call throws -> Outcome in
      let lesson = try call.string("lesson")
      try unbind(lesson, call)
      return Outcome(result: ["lesson": JSONValue(lesson)])
    }
  }

  static func bind(_ lesson: String, to topic: String, _ call: Call) throws {
    _ = try call.write { transaction in
      try LessonEntry.change(lesson, call, action: bind, transaction) { try $0.bind(topic, transaction) }
    }
  }

  static func unbind(_ lesson: String, _ call: Call) throws {
    _ = try call.write { transaction in
      try LessonEntry.change(lesson, call, action: unbind, transaction) { entry in
        guard entry.topic != nil else { throw PluginError("journal.notBound", LessonWindow.unbound) }
        try entry.bind(nil, transaction)
      }
    }
  }
}
