package io.longhaul.packaging.simulation;

import io.longhaul.protocol.pipe.FifoHold;
import io.longhaul.protocol.pipe.Fifos;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The FIFOs of a simulated process. */
public final class SimFifos implements Fifos {
  private final SimProcess process;

  /** Creates those of a process. */
  public SimFifos(SimProcess process) {
    this.process = process;
  }

  private Pipe find(Path path) throws IOException {
    Pipe pipe = process.host().disk().require(path.toString()).pipe();
    if (pipe == null) {
      throw new IOException(path + " is no FIFO");
    }
    return pipe;
  }

  @Override
  public FifoHold create(Path path) throws IOException {
    process.operation("make " + path);
    Pipe pipe = new Pipe();
    process.host().disk().create(path.toString(), new Disk.Node(false, pipe));
    return pipe.open(process, true, true);
  }

  @Override
  public FifoHold holdBothEnds(Path path) throws IOException {
    return find(path).open(process, true, true);
  }

  @Override
  public Optional<FifoHold> holdWritingEnd(Path path) throws IOException {
    Pipe pipe = find(path);
    return pipe.hasReader() ? Optional.of(pipe.open(process, false, true)) : Optional.empty();
  }

  @Override
  public FifoHold holdReadingEnd(Path path) throws IOException {
    return find(path).open(process, true, false);
  }

  @Override
  public WritableByteChannel writer(Path path) throws IOException {
    Pipe pipe = find(path);
    if (!pipe.hasReader()) {
      throw new NoSuchFileException(path + " has no reader");
    }
    return pipe.open(process, false, true);
  }
}
