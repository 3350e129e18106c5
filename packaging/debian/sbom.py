#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""Says in SPDX 2.3 (JSON) what is in a package or bundle: its own files, the libraries they are linked with (all the way down), and
the header-only libraries compiled in. Versions are those of Debian's packages in the sysroot. A package whose licence nobody has
read yet (the file licences, beside this one) is an error."""
import argparse
import hashlib
import json
import os
import re
import subprocess
import time

HEADERS = ["libboost1.74-dev", "nlohmann-json3-dev", "libsdbus-c++-dev", "libspdlog-dev", "libfmt-dev", "libgpiod-dev"]


def needed(path):
    text = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=False).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text)


def programs(root):
    for folder, _, files in sorted(os.walk(root)):
        for name in sorted(files):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def libraries(paths, sysroot, triple):
    """Every shared object that the programs are linked with: its path in the sysroot."""
    found, todo = {}, [name for path in paths for name in needed(path)]
    while todo:
        name = todo.pop()
        path = os.path.join(sysroot, "usr/lib", triple, name)
        if name in found or not os.path.exists(path):
            continue
        found[name] = path
        todo += needed(path)
    return found


def owners(sysroot):
    """Path to package, from the lists that mk-sysroot wrote."""
    owner, info = {}, os.path.join(sysroot, "var/lib/dpkg/info")
    for name in sorted(os.listdir(info)):
        if name.endswith(".list"):
            with open(os.path.join(info, name), encoding="utf-8") as file:
                owner.update((line.rstrip("\n"), name.split(":")[0]) for line in file)
    return owner


def versions(sysroot):
    with open(os.path.join(sysroot, "var/lib/dpkg/status"), encoding="utf-8") as file:
        return dict(re.findall(r"^Package: (\S+)\n(?:.+\n)*?Version: (\S+)", file.read(), re.M))


def concluded():
    """Package to the licence that we rely on."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "licences"), encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(" ", 1) for line in file if line.strip() and not line.startswith("#"))


def licences(sysroot, package):
    """The short names in the package's copyright file; a file that is not machine-readable has none."""
    path = os.path.join(sysroot, "usr/share/doc", package, "copyright")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        return sorted({name.strip() for name in re.findall(r"^License:[ \t]*(\S.*)$", file.read(), re.M)})


def spdx_id(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def package_entry(name, version, licence, sysroot, arch):
    said = licences(sysroot, name)
    return {
        "SPDXID": spdx_id(name), "name": name, "versionInfo": version, "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": licence, "licenseDeclared": "NOASSERTION",
        "licenseComments": "Debian's copyright file names: " + ("; ".join(said) if said else "see it, it is free text"),
        "copyrightText": "NOASSERTION",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": f"pkg:deb/debian/{name}@{version}?arch={arch}"}],
    }


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deb", help="NAME_VERSION_ARCH.deb; or these four:")
    for option in ("--file", "--name", "--version", "--arch"):
        parser.add_argument(option)
    parser.add_argument("--contains", action="store_true", help="the libraries are in the file")
    parser.add_argument("--packages", action="store_true", help="only the names of the packages whose files or headers are in it")
    for option in ("--root", "--sysroot", "--triple"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    if options.deb:
        options.file = options.deb
        options.name, options.version, options.arch = os.path.basename(options.deb)[:-4].split("_")
    return options


def linked_packages(options):
    """The packages of the libraries that are needed; of those alone that are in the root, where it brings some."""
    owner = owners(options.sysroot)
    linked = libraries(list(programs(options.root)), options.sysroot, options.triple)
    if options.contains or options.packages:
        brought = {name for _, _, files in os.walk(options.root) for name in files}
        linked = {name: path for name, path in linked.items() if name in brought}
    unknown = sorted(name for name, path in linked.items() if path not in owner)
    if unknown:
        raise SystemExit(f"sbom: no package has {', '.join(unknown)}")
    return sorted({owner[path] for path in linked.values()})


def main():
    options = arguments()
    version_of, licence_of = versions(options.sysroot), concluded()
    dynamic = linked_packages(options)
    compiled_in = [each for each in HEADERS if each in version_of]
    unread = sorted(each for each in dynamic + compiled_in if each not in licence_of)
    if unread:
        raise SystemExit(f"sbom: read the licence of {', '.join(unread)}, then write it into packaging/debian/licences")
    if options.packages:
        print("\n".join(dynamic + compiled_in))
        return
    name, version, arch = options.name, options.version, options.arch
    with open(options.file, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    ours = {
        "SPDXID": spdx_id(name), "name": name, "versionInfo": version, "supplier": "Organization: the vebus-bms authors",
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0",
        "copyrightText": "the vebus-bms authors", "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
    }
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": spdx_id(name)}]
    relations += [{"spdxElementId": spdx_id(name), "relationshipType": kind, "relatedSpdxElement": spdx_id(each)}
                  for kind, group in (("CONTAINS" if options.contains else "DYNAMIC_LINK", dynamic), ("STATIC_LINK", compiled_in)) for each in group]
    print(json.dumps({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"{name}-{version}-{arch}",
        "documentNamespace": f"urn:vebus-bms:{name}:{version}:{arch}:{digest}",
        "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))),
                         "creators": ["Tool: packaging/debian/sbom.py"]},
        "packages": [ours] + [package_entry(each, version_of[each], licence_of[each], options.sysroot, arch) for each in dynamic + compiled_in],
        "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-public-domain", "extractedText": "Put into the public domain by its authors."}],
        "relationships": relations,
    }, indent=1))


if __name__ == "__main__":
    main()
