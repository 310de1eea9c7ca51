import CShellPlugin
import PluginKit
import VideoconferencesPlugin

@c(shell_plugin_query)
public func shellPluginQuery(_ major: UInt16, _ minor: UInt16) -> UnsafePointer<shell_plugin>? {
  unsafe PluginEntry.table(VideoconferencesPlugin.definition, hostMajor: major)
}
