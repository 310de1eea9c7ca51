import CShellPlugin
import MaxPlatformPlugin
import PluginKit
import SferumBindingPlugin

/// The plugins of this test, each a fresh table as its library would give it.
@safe enum Tables {
  static var school: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(StubSchool.definition, hostMajor: 1) }
  static var platform: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(MaxPlatform.definition, hostMajor: 1) }
  /// A press waits for the platform's word for as long as a busy machine may need.
  static var binding: UnsafePointer<shell_plugin>? {
    unsafe PluginEntry.table(SferumBinding.definition(patience: .seconds(60)), hostMajor: 1)
  }
}
