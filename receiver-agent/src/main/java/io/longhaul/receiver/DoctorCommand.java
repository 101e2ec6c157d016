package io.longhaul.receiver;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.doctor.Doctor;
import io.longhaul.protocol.doctor.Findings;
import io.longhaul.protocol.doctor.Login;
import io.longhaul.protocol.zfs.DatasetName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code receiver-agent doctor}. */
@Command(
    name = "doctor",
    description = {
      "Checks what the receiver-agent needs, and says what to do about what it lacks.",
      "",
      "Looks at the user, the tools, the spool, the port, the certificates, ZFS and the rights there"
          + ", and whether each sender can be reached and what its clock says."
          + " Prints the exact lines 'zfs allow'. Changes nothing; the agent may be running or not.",
      "",
      "Run it as the user that the agent runs as."
    },
    mixinStandardHelpOptions = true,
    versionProvider = ReceiverMain.Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every check is ok or a warning",
      "1:a check failed",
      "2:the command line is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sudo -u longhaul receiver-agent doctor",
      "  receiver-agent doctor --config ./receiver.yaml --json backup"
    })
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "/etc/longhaul/receiver.yaml",
      description = "the configuration file (default: ${DEFAULT-VALUE})")
  private Path config = Path.of("/etc/longhaul/receiver.yaml");

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  @Parameters(
      paramLabel = "DATASET",
      arity = "0..*",
      description = "datasets to check beside those that the configuration grants")
  private List<DatasetName> datasets = new ArrayList<>();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Returns the command line of {@code doctor}. */
  static CommandLine commandLine() {
    return new CommandLine(new DoctorCommand())
        .registerConverter(DatasetName.class, DatasetName::parse);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Findings findings = examine();
    findings.print(spec.commandLine().getOut(), json);
    return findings.exitStatus();
  }

  private Findings examine() throws IOException, InterruptedException {
    try {
      ReceiverConfig read = ConfigFile.read(config, ReceiverConfig.class);
      return new Doctor(read.setup(datasets), Login.own(), InstantSource.system()).examine();
    } catch (ConfigException e) {
      return Doctor.unreadable(e);
    }
  }
}
