import PluginKit

/// A roll-over that is carried out to see what it comes to, and of which nothing stays.
struct RollOverRehearsal {
  let plan: RollOverPlan
  /// What other plugins say would follow: see `SchoolPreview`. Empty when it can't be carried out.
  let previews: JSONValue
  /// Why it can't be carried out.
  let objection: PluginError?

  static func run(_ call: Call, leaving: Set<String>?) throws -> RollOverRehearsal {
    try call.host.rehearse { transaction in
      let plan = try RollOverPlan.make(call, leaving: leaving, transaction)
      do throws(PluginError) {
        try plan.check(leaving: leaving)
      } catch {
        return RollOverRehearsal(plan: plan, previews: .emptyArray, objection: error)
      }
      _ = try RollOver.run(plan, call, transaction)
      return RollOverRehearsal(
        plan: plan, previews: try SchoolPreview.json(call, transaction), objection: nil)
    }
  }
}
