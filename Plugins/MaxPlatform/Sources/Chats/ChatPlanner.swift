/// Plans the fewest calls that bring the platform's chat to what is wanted. A function of one picture and one
/// instant, so that the same calls are previewed, made and tested.
package enum ChatPlanner {
  /// Source: PLATFORM, "Limits".
  package static let mostMembersInCall = 100
  package static let mostAdministratorsInCall = 50

  /// The calls in their order: what is doubtful is read first; then, so that the end of the process in their middle
  /// leaves nobody reading who should not: removals, the title, additions, administrators.
  package static func calls(_ picture: ChatPicture, nowMs: Int64) -> [ChatCall] {
    guard picture.isWanted else { return removal(picture, nowMs) }
    let reads = reads(picture)
    // What can't be read must not be guessed.
    guard !reads.contains(where: { picture.stuck.contains($0.kind) }) else { return [] }
    guard picture.exists else {
      return reads + (picture.stuck.contains(.create) ? [] : creation(picture, nowMs))
    }
    return reads + changes(picture, nowMs).filter { !picture.stuck.contains($0.kind) }
  }

  private static func removal(_ picture: ChatPicture, _ nowMs: Int64) -> [ChatCall] {
    guard !picture.isCreationInDoubt else { return picture.stuck.contains(.find) ? [] : [.find, .delete] }
    guard picture.exists else { return [] }
    guard picture.stuck.contains(.delete) else { return [.delete] }
    // The platform keeps the chat: nobody of the school is to stay in it all the same. Source: PLATFORM, "Mapping".
    guard !picture.stuck.contains(.remove) else { return [] }
    return picture.people.filter { $0.isPresent && !$0.isRefused(at: nowMs) }.map(\.memberID).sorted().map {
      .remove($0)
    }
  }

  private static func reads(_ picture: ChatPicture) -> [ChatCall] {
    guard !picture.isCreationInDoubt else { return [.find] }
    guard picture.exists else { return [] }
    var calls: [ChatCall] = picture.rightsAreInDoubt ? [.readRights] : []
    guard !picture.wholeIsInDoubt else { return calls + [.readAll] }
    if picture.titleIsInDoubt { calls.append(.readTitle) }
    let uncertain = picture.people.filter { $0.uncertain > 0 }.map(\.memberID).sorted()
    return calls + uncertain.chunks(of: mostMembersInCall).map { .readMembers($0) }
  }

  private static func creation(_ picture: ChatPicture, _ nowMs: Int64) -> [ChatCall] {
    let joining = joining(picture, nowMs)
    let first = joining.prefix(mostMembersInCall)
    let administrators = first.filter(\.isWantedAsAdministrator).prefix(mostAdministratorsInCall).map(\.memberID)
    let later = joining.filter { $0.isWantedAsAdministrator && !administrators.contains($0.memberID) }
    return [.create(members: first.map(\.memberID), administrators: Array(administrators))]
      + joining.dropFirst(mostMembersInCall).map(\.memberID).chunks(of: mostMembersInCall).map { .add($0) }
      + later.map(\.memberID).chunks(of: mostAdministratorsInCall).map { .make($0) }
  }

  private static func changes(_ picture: ChatPicture, _ nowMs: Int64) -> [ChatCall] {
    let open = picture.people.filter { !$0.isRefused(at: nowMs) }.sorted { $0.memberID < $1.memberID }
    let leaving = open.filter { !$0.isWanted && $0.isPresent && !$0.isHeld }
    let joining = picture.stuck.contains(.add) ? [] : joining(picture, nowMs)
    let staying = open.filter { $0.isWanted && $0.isPresent }
    let unmade = staying.filter { $0.isAdministrator && !$0.isWantedAsAdministrator }
    let made =
      staying.filter { $0.isWantedAsAdministrator && !$0.isAdministrator }
      + joining.filter(\.isWantedAsAdministrator)
    return leaving.map { .remove($0.memberID) }
      + (picture.title == picture.actualTitle ? [] : [.rename(picture.title)])
      + joining.map(\.memberID).chunks(of: mostMembersInCall).map { .add($0) }
      + unmade.map { .unmake($0.memberID) }
      + made.map(\.memberID).chunks(of: mostAdministratorsInCall).map { .make($0) }
  }

  /// Who is to be added, administrators first: a creation takes a hundred, and makes those administrators at once.
  private static func joining(_ picture: ChatPicture, _ nowMs: Int64) -> [ChatPerson] {
    picture.people.filter { $0.isWanted && !$0.isPresent && !$0.isGone && !$0.isRefused(at: nowMs) }
      .sorted {
        $0.isWantedAsAdministrator == $1.isWantedAsAdministrator
          ? $0.memberID < $1.memberID : $0.isWantedAsAdministrator
      }
  }
}

extension Array {
  /// Parts of `size` elements; the last one may be shorter.
  func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
