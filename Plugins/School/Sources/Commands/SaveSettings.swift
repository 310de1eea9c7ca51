import PluginKit

/// `school.saveSettings {name?, shortName?, timeZone?, platformAddress?, chatAdministrator?, requestExpiryHours?,
/// removalThresholdPercent?, lessonKinds?}` → `{changed: [setting]}`. What is absent stays.
enum SaveSettings {
  static let command = "school.saveSettings"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    try call.write { transaction in
      let old = try OrganizationSettings.read(transaction)
      var (new, issues) = old.applying(call.params)
      if new.chatAdministrator != old.chatAdministrator, let id = new.chatAdministrator,
        try !isEmployed(id, transaction)
      {
        issues.append(
          PluginError.Issue(
            path: "/chatAdministrator", Text("Выберите работающего сотрудника", en: "Choose someone who is employed")))
      }
      if old.chatAdministrator != nil, new.chatAdministrator == nil {
        issues.append(
          PluginError.Issue(
            path: "/chatAdministrator",
            Text(
              "Чаты не остаются без администратора: выберите другого", en: "Chats need an administrator: choose another"
            )))
      }
      if let first = issues.first {
        throw PluginError("params.invalid", first.message, code: -32602, issues: issues)
      }
      let changed = new.differences(from: old)
      if !changed.isEmpty {
        try new.write(transaction)
        if changed.contains("name") || changed.contains("shortName") {
          try TouchedRecords.note(["school"], transaction)
        }
        try SchoolAudit.note(
          command, object: "school", old: members(old, changed), new: members(new, changed), transaction)
        try transaction.emit(
          SchoolEvent.settingsChanged, ["changed": JSONValue(changed.map { JSONValue($0) })])
      }
      return Outcome(result: ["changed": JSONValue(changed.map { JSONValue($0) })])
    }
  }

  private static func isEmployed(_ id: String, _ transaction: Transaction) throws -> Bool {
    try transaction.first(
      "SELECT 1 AS found FROM school_employees WHERE id = ? AND dismissed IS NULL", [JSONValue(id)]) != nil
  }

  private static func members(_ settings: OrganizationSettings, _ names: [String]) -> JSONValue {
    JSONValue(members: settings.members.filter { names.contains($0.0) })
  }
}
