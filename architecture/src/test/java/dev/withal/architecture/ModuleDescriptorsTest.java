package dev.withal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each published module exports and requires. */
class ModuleDescriptorsTest {

  static List<String> published() {
    // That of Kotlin has a name by its manifest: javac can't describe a package without Java. So
    // has
    // that of ZooKeeper, whose jars share packages. The adapters' common part is for them alone.
    Set<String> without = Set.of("adapters/kotlin", "adapters/common", "leases/zookeeper");
    return Modules.PUBLISHED.stream().filter(module -> !without.contains(module)).toList();
  }

  @ParameterizedTest
  @MethodSource("published")
  void module_exportsItsOnePackage(String module) {
    ModuleDescriptor descriptor = descriptor(module);

    Set<String> exported =
        descriptor.exports().stream()
            .filter(export -> !export.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet());

    assertThat(exported).containsExactly(descriptor.name());
    assertThat(descriptor.isOpen()).isFalse();
  }

  @Test
  void core_requiresNothingAtRunTimeButJavaBase() {
    Set<String> required =
        descriptor("core").requires().stream()
            .filter(require -> !require.modifiers().contains(Requires.Modifier.STATIC))
            .map(Requires::name)
            .collect(Collectors.toSet());

    assertThat(required).containsExactly("java.base");
  }

  private static ModuleDescriptor descriptor(String module) {
    return ModuleFinder.of(Modules.ROOT.resolve(module).resolve("target/classes"))
        .findAll()
        .iterator()
        .next()
        .descriptor();
  }
}
