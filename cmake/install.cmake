# Installs headers to include/xgrad/{autograd,nn}, both libraries, the CMake package and a pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS xgrad_autograd xgrad_nn EXPORT xgrad-targets)
install(DIRECTORY autograd nn DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad
        FILES_MATCHING PATTERN "*.hpp" PATTERN "ops" EXCLUDE PATTERN "kernels" EXCLUDE)
install(EXPORT xgrad-targets NAMESPACE xgrad:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/xgrad)

set(BUILD_SHARED_LIBS_01 0)
if(BUILD_SHARED_LIBS)
  set(BUILD_SHARED_LIBS_01 1)
endif()
set(XGRAD_ZLIB_01 0)
if(XGRAD_ZLIB)
  set(XGRAD_ZLIB_01 1)
endif()
configure_package_config_file(cmake/xgrad-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/xgrad-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/xgrad)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/xgrad-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/xgrad-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/xgrad-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/xgrad)

# A static library leaves its own needs to whoever links it.
set(XGRAD_PC_LIBS "${XGRAD_BLAS_LINK} -lstdc++ -lm -pthread")
if(XGRAD_ZLIB)
  set(XGRAD_PC_LIBS "-lz ${XGRAD_PC_LIBS}")
endif()
if(BUILD_SHARED_LIBS)
  set(XGRAD_PC_LIBS "")
endif()
file(RELATIVE_PATH XGRAD_PC_PREFIX /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(cmake/xgrad.pc.in xgrad.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/xgrad.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
