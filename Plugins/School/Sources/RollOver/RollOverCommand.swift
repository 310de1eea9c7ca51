import PluginKit

/// `school.rollOver {leaving?: [class], dryRun?}` → `{from, to, classes, graduates, groups, endingGroups, lessons,
/// previews?, operation?}`: classes move up a grade, the last ones graduate, and the groups of the new year are made.
/// With `dryRun` the plan alone, and what other plugins say would follow (`previews`, see `SchoolPreview`). What it did is taken back by `school.undoOperation {operation}`.
enum RollOverCommand {
  static let command = "school.rollOver"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command, run)
    RollOverWindow.register(in: &plugin)
  }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let leaving = (call.params["leaving"]?.array).map { Set($0.compactMap(\.string)) }
    if call.params["dryRun"]?.bool == true {
      let rehearsal = try RollOverRehearsal.run(call, leaving: leaving)
      if let objection = rehearsal.objection { throw objection }
      return Outcome(result: rehearsal.plan.json.setting("previews", rehearsal.previews))
    }
    return try call.write { transaction in
      let plan = try RollOverPlan.make(call, leaving: leaving, transaction)
      try plan.check(leaving: leaving)
      let operation = try RollOver.run(plan, call, transaction)
      return Outcome(
        result: plan.json.setting("operation", JSONValue(operation)),
        effects: [
          .closeWindow,
          .dialog(
            .info,
            Text(
              "Школа переведена на \(plan.to.title) учебный год. Выпускников: \(plan.graduates).",
              en: "The school has moved on to \(plan.to.title). Graduates: \(plan.graduates).")),
        ])
    }
  }
}
