package io.longhaul.packaging;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rules of the house that the compiler does not know: docs/design.md sections 2 and 3. */
class ArchitectureTest {

  private static final ArchRule NOBODY_DESTROYS_A_PROCESS =
      noClasses()
          .should()
          .callMethodWhere(
              describe("Process.destroy() or destroyForcibly()", ArchitectureTest::destroys))
          .because("it closes stdin first, and a sink commits what it has when its stdin ends");

  /** Values in, plan out; beside the package coordinator.plan, which only plans. */
  private static final Set<String> DECIDERS =
      Set.of(
          "io.longhaul.coordinator.drive.Agenda",
          "io.longhaul.coordinator.remote.Diagnosis",
          "io.longhaul.coordinator.schedule.Cron",
          "io.longhaul.coordinator.schedule.Every",
          "io.longhaul.receiver.pull.Claim",
          "io.longhaul.receiver.pull.ConnectionTuner",
          "io.longhaul.receiver.pull.PullWindow");

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("test-classes"))
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.longhaul");

  @Test
  void theProtocolKnowsNoProgram() {
    noClasses()
        .that()
        .resideInAPackage("io.longhaul.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.longhaul.sender..", "io.longhaul.receiver..", "io.longhaul.coordinator..")
        .check(PRODUCT);
  }

  @Test
  void theProgramsMeetOnlyOverHttp() {
    programsDependOnlyOnTheProtocol("sender", "receiver", "coordinator");
    programsDependOnlyOnTheProtocol("receiver", "sender", "coordinator");
    programsDependOnlyOnTheProtocol("coordinator", "sender", "receiver");
  }

  private static void programsDependOnlyOnTheProtocol(String program, String... others) {
    for (String other : others) {
      noClasses()
          .that()
          .resideInAPackage("io.longhaul." + program + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.longhaul." + other + "..")
          .check(PRODUCT);
    }
  }

  @Test
  void decidingTouchesNoNetworkFileOrProcess() {
    for (String decider : DECIDERS) {
      assertThat(PRODUCT.contain(decider)).as(decider).isTrue();
    }
    noClasses()
        .that(describe("decide", ArchitectureTest::decides))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("okhttp3..", "io.undertow..", "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Process.class)
        .check(PRODUCT);
  }

  @Test
  void nobodyDestroysAProcess() {
    NOBODY_DESTROYS_A_PROCESS.check(PRODUCT);
  }

  @Test
  void theRuleAboutProcessesBites() {
    var offender = new ClassFileImporter().importClasses(Offender.class);
    assertThat(NOBODY_DESTROYS_A_PROCESS.evaluate(offender).hasViolation()).isTrue();
  }

  @Test
  void everyPackageIsNullMarked() {
    var unmarked = new TreeSet<String>();
    for (JavaClass type : PRODUCT) {
      JavaPackage owner = type.getPackage();
      if (!owner.isAnnotatedWith(NullMarked.class)) {
        unmarked.add(owner.getName());
      }
    }
    assertThat(unmarked).isEmpty();
    assertThat(PRODUCT).isNotEmpty();
  }

  @Test
  void aPackageIsADomainThing() {
    classes()
        .should()
        .resideOutsideOfPackages("..util..", "..common..", "..impl..", "..manager..", "..helper..")
        .check(PRODUCT);
  }

  private static boolean decides(JavaClass type) {
    return type.getPackageName().equals("io.longhaul.coordinator.plan")
        || DECIDERS.stream().anyMatch(decider -> type.getName().startsWith(decider));
  }

  private static boolean destroys(JavaCall<?> call) {
    return call.getTargetOwner().isAssignableTo(Process.class)
        && (call.getName().equals("destroy") || call.getName().equals("destroyForcibly"));
  }

  static final class Offender {
    static void end(Process sink) {
      sink.destroy();
    }
  }
}
