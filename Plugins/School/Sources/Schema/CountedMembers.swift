/// Members of a group are counted by whoever adds them: `GroupMembers.add`, or the recount at the end of a wide change.
///
/// The one exception to what lists show being kept by triggers. On a table of a million rows a trigger that only finds
/// out that it has nothing to do costs a wide change a fifth of its time. A row that goes is still counted by a trigger,
/// since it may go with its pupil.
enum CountedMembers {
  static let sql = ["DROP TRIGGER school_group_members_added"]
}
