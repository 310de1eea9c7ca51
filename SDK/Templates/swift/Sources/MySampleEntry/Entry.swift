import CShellPlugin
import MySample
import PluginKit

/// What the host looks up in the library.
@c(shell_plugin_query)
public func shellPluginQuery(_ major: UInt16, _ minor: UInt16) -> UnsafePointer<shell_plugin>? {
  PluginEntry.table(MySamplePlugin.definition, hostMajor: major)
}
