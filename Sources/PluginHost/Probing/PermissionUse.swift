/// Something that a plugin did and that its manifest has to allow, as somebody who watches it is told.
package enum PermissionUse: Hashable, Sendable {
  /// It called a service of another.
  case service(String)
  /// It sent a request to this address.
  case http(String)
  /// It showed something to a person who had not asked.
  case present
  /// It published an event.
  case event(String)
  /// It scheduled a job.
  case job(String)
  /// It set a context key.
  case contextKey(String)
}
