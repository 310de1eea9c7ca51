import CShellPlugin
import ChatsPlugin
import PluginKit

@c(shell_plugin_query)
public func shellPluginQuery(_ major: UInt16, _ minor: UInt16) -> UnsafePointer<shell_plugin>? {
  unsafe PluginEntry.table(ChatsPlugin.definition, hostMajor: major)
}
