# SPDX-License-Identifier: Apache-2.0
# cmake -DBINARY_DIR=... -DSOURCE_DIR=... -P unpack_conformance.cmake
# Unpacks the conformance archive into BINARY_DIR/conformance once. Looks at run time, not when configuring, so that
# data that arrive later are found. An absent archive is said in the words that CTest shows as a skipped test.
if(DEFINED ENV{CAMEO_SHARED_DIR})
    set(shared "$ENV{CAMEO_SHARED_DIR}")
else()
    get_filename_component(shared "${SOURCE_DIR}/../shared" ABSOLUTE)
endif()
set(archive "${shared}/conformance/conformance.tar.xz")
if(NOT EXISTS "${archive}")
    message("SKIP   : the conformance archive is absent (${archive}): set CAMEO_SHARED_DIR to the folder of shared data")
    return()
endif()

set(stamp "${BINARY_DIR}/conformance/.unpacked")
file(SIZE "${archive}" size)
file(TIMESTAMP "${archive}" time UTC)
set(identity "${size} ${time}")
if(EXISTS "${stamp}")
    file(READ "${stamp}" known)
    if(known STREQUAL identity)
        message("conformance data are unpacked already")
        return()
    endif()
endif()

file(REMOVE_RECURSE "${BINARY_DIR}/conformance")
execute_process(COMMAND "${CMAKE_COMMAND}" -E tar xf "${archive}" WORKING_DIRECTORY "${BINARY_DIR}" RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "cannot unpack ${archive}")
endif()
file(WRITE "${stamp}" "${identity}")
message("unpacked ${archive}")
