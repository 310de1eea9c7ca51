import PluginKit

/// Events of the school, for plugins that keep something in step with it. Payloads hold ids only: what has
/// changed is read from the published views, which say how things stand now, not how they stood.
enum SchoolEvent {
  /// `{personId}`: a name, a birth date or a phone.
  static let personChanged = "school.v1.personChanged"
  /// `{employeeId, personId, change: hired|dismissed|changed}`.
  static let employeeChanged = "school.v1.employeeChanged"
  /// `{pupilId, personId, classId?, fromClassId?, change: enrolled|transferred|expelled|graduated|restored|cancelled}`.
  static let enrolmentChanged = "school.v1.enrolmentChanged"
  /// `{parentId, pupilId, change: linked|unlinked}`.
  static let parentChanged = "school.v1.parentChanged"
  /// `{classId}`: its label or its homeroom teacher.
  static let classChanged = "school.v1.classChanged"
  /// `{groupId}`: its teacher or its members.
  static let groupChanged = "school.v1.groupChanged"
  /// `{lessonIds: [id]}`: time, room, substitute, or cancelled.
  static let timetableChanged = "school.v1.timetableChanged"
  /// `{groupId}`: the topics of its plan.
  static let planChanged = "school.v1.planChanged"
  /// `{changed: [setting]}`, names as in `school.saveSettings`.
  static let settingsChanged = "school.v1.settingsChanged"
  /// `{accountId, personId, change: added|blocked|unblocked|password|roles}`.
  static let accountChanged = "school.v1.accountChanged"
  /// `{reason: generated|imported|rolledOver|undone, operation?}`: too much to name; read everything again.
  static let rosterChanged = "school.v1.rosterChanged"
  /// `{operation, personIds: [id]}`: an import says who was bound elsewhere; phones are in
  /// `school_v1_imported_bindings`.
  static let bindingsImported = "school.v1.bindingsImported"
}
