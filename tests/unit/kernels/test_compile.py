"""Compiled code is kept by package: each package's hash covers every source its kernels can call."""

import re

from impetus_sim.kernels.compile import kernel_hash, kernel_sources


def test_kernels_call_their_own_package_and_the_common_ones_only():
    own = re.compile(r"^(?:from|import) impetus_sim\.(\w+)\S*(?:kernels|models)", re.MULTILINE)
    seen = set()
    for path in kernel_sources():
        package = path.parts[-3].replace("impetus_sim", "kernels")
        called = set(own.findall(path.read_text("utf-8")))
        assert called <= {package, "kernels"}, path
        seen.add(package)
    assert {"crowd", "traffic", "kernels"} <= seen


def test_the_hash_of_all_covers_each_package():
    everything = set(kernel_sources())
    crowd, traffic, common = (set(kernel_sources(name)) for name in ("crowd", "traffic", "kernels"))
    assert common < crowd < everything and common < traffic < everything and crowd & traffic == common
    assert len({kernel_hash(), kernel_hash("crowd"), kernel_hash("traffic"), kernel_hash("kernels")}) == 4
