"""What is stored of a run, and how it is read back: HDF5, crash safe, readable with h5py alone.

Here: the layout (`schema`), header, segments, checkpoints, the writer with its folder of parts, the merge to
one file, the reader, and the digest chain. Not here: what is measured from a recording (`analysis`), and
what a checkpoint's tables mean (`engine`). This is the only package that imports h5py.
"""
