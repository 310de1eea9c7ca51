import CShellPlugin
import MaxPlatformPlugin
import PluginKit
import SferumBindingPlugin

/// The plugins of this test, each a fresh table as its library would give it.
@safe enum Tables {
  static var school: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(StubSchool.definition, hostMajor: 1) }
  static var platform: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(MaxPlatform.definition, hostMajor: 1) }
  static var binding: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(SferumBinding.definition, hostMajor: 1) }
}
