# SPDX-License-Identifier: Apache-2.0
# A room is src/<name>: one static library, one test program of its *_test.cc, one fuzz program for each *_fuzz.cc, one
# benchmark program of its *_bench.cc, which is built only when it is named.
function(weir_room name)
  cmake_parse_arguments(ROOM "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  set(fuzzers ${sources})
  set(benches ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")

  if(sources)
    add_library(weir_${name} STATIC ${sources})
    # Where there are fuzz programs alone, only the rooms that one of them needs.
    set_target_properties(weir_${name} PROPERTIES EXCLUDE_FROM_ALL ${WEIR_FUZZ})
    set(visibility PUBLIC)
  else()
    add_library(weir_${name} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(weir_${name} ${visibility} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(weir_${name} ${visibility} ${ROOM_LINK} Threads::Threads nlohmann_json::nlohmann_json)

  if(tests AND NOT WEIR_FUZZ)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE weir_${name} GTest::gtest GTest::gmock GTest::gtest_main)
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
  if(benches AND NOT WEIR_FUZZ)
    weir_measured(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE weir_${name} benchmark::benchmark benchmark::benchmark_main)
  endif()
  if(WEIR_FUZZ)
    foreach(source ${fuzzers})
      get_filename_component(fuzzer ${source} NAME_WE)
      add_executable(${fuzzer} ${source})
      target_link_libraries(${fuzzer} PRIVATE weir_${name})
      target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${fuzzer} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    endforeach()
  endif()
endfunction()

# The web page's files become constants of that room. What they are is told by the folder's name, so a new page is a new
# folder.
function(weir_page room)
  set(source ${CMAKE_BINARY_DIR}/page_files.cc)
  set(script ${CMAKE_SOURCE_DIR}/tools/embed_page.py)
  file(GLOB_RECURSE files ${WEIR_PAGE_ROOT}/index.html ${WEIR_PAGE_ROOT}/assets/*)
  add_custom_command(OUTPUT ${source} COMMAND python3 ${script} "${WEIR_PAGE_ROOT}" ${source}
                     DEPENDS ${script} ${files} ${CMAKE_BINARY_DIR}/page_root VERBATIM)
  # Written only when it changes: the command above runs again when the folder is another.
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/page_root CONTENT "${WEIR_PAGE_ROOT}\n")
  target_sources(weir_${room} PRIVATE ${source})
endfunction()

# A program that runs parts of the write path on the sample telemetry of bench/sample. Not among the default targets.
function(weir_measured name)
  if(NOT TARGET weir_sample)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/sample/*.cc)
    add_library(weir_sample STATIC EXCLUDE_FROM_ALL ${sources})
    target_include_directories(weir_sample PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(weir_sample PUBLIC weir_signal)
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${ARGN})
  target_link_libraries(${name} PRIVATE weir_sample weir_columnar weir_buffer weir_commit)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
endfunction()

# What tests/instructions counts; Debian's valgrind brings the header.
function(weir_write_path)
  if(NOT WEIR_FUZZ)
    weir_measured(write_path ${CMAKE_SOURCE_DIR}/tests/instructions/write_path.cc)
  endif()
endfunction()

# bench/metadata: metadata after days of commits.
function(weir_metadata_growth)
  if(NOT WEIR_FUZZ)
    weir_measured(metadata_growth ${CMAKE_SOURCE_DIR}/bench/metadata/metadata_growth.cc)
    target_link_libraries(metadata_growth PRIVATE weir_maintain)
  endif()
endfunction()

# tests/simulation: journal, ingest, commit and recovery on one thread, under faults.
function(weir_simulation)
  if(NOT WEIR_FUZZ)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/simulation/*.cc)
    add_executable(simulation_run EXCLUDE_FROM_ALL ${sources})
    target_include_directories(simulation_run PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(simulation_run PRIVATE weir_commit)
    if(NOT WEIR_SANITIZE)
      target_link_libraries(simulation_run PRIVATE mimalloc)  # A quarter less time for a seed.
    endif()
    set_target_properties(simulation_run PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  endif()
endfunction()

# The one program: main.cc over all rooms, with Arrow's and DuckDB's libraries beside it.
function(weir_binary)
  if(WEIR_FUZZ)
    return()
  endif()
  weir_program(weir ${CMAKE_SOURCE_DIR}/src/main.cc)
  weir_faults()
endfunction()

function(weir_program name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE weir_node)
  if(NOT WEIR_SANITIZE)
    target_link_libraries(${name} PRIVATE mimalloc)  # In place of the C library's: docs/decisions/0014.
  endif()
  foreach(library weir_arrow weir_parquet weir_duckdb)
    get_target_property(location ${library} IMPORTED_LOCATION)
    add_custom_command(TARGET ${name} POST_BUILD COMMAND ${CMAKE_COMMAND} -E make_directory $<TARGET_FILE_DIR:${name}>/lib
      COMMAND ${CMAKE_COMMAND} -E copy_if_different ${location} $<TARGET_FILE_DIR:${name}>/lib)
  endforeach()
  set_target_properties(${name} PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/lib")
endfunction()

# weir_faults: the program whose fault points tests/crash can use. Only the sources that have some are compiled again; what
# they define, the linker does not look for in the rooms' libraries, so all else is what users run.
function(weir_faults)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*.cc)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  foreach(source ${sources})
    file(STRINGS ${source} includes REGEX "^#include \"base/fault_point\\.h\"")
    if(includes)
      list(APPEND with_points ${source})
    endif()
  endforeach()
  weir_program(weir_faults ${CMAKE_SOURCE_DIR}/src/main.cc ${with_points})
  set_target_properties(weir_faults PROPERTIES EXCLUDE_FROM_ALL ON)
  target_compile_definitions(weir_faults PRIVATE WEIR_FAULT_POINTS)
endfunction()
